ip netns add a
ip -n a link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02
tc -n a qdisc add dev v0 clsact
tc -n a filter add dev v0 egress protocol ip matchall action vlan push id 7
tc -n a filter add dev v0 egress protocol ip matchall action vlan push id 7 priority 3 protocol 802.1ad
tc -n a filter add dev v0 egress protocol ip matchall action vlan push protocol 802.1q id 0x10 drop
tc -n a filter add dev v0 egress protocol ip matchall action vlan push priority 3
tc -n a filter add dev v0 egress protocol ip matchall action vlan push id 4095
tc -n a filter add dev v0 egress protocol ip matchall action vlan push id 4094
tc -n a filter add dev v0 egress protocol ip matchall action vlan push id 5000
tc -n a filter add dev v0 egress protocol ip matchall action vlan push id 70000
tc -n a filter add dev v0 egress protocol ip matchall action vlan push id 7 priority 8
tc -n a filter add dev v0 egress protocol ip matchall action vlan push id 7 protocol ip
tc -n a filter add dev v0 egress protocol ip matchall action vlan push id 7 protocol zz
tc -n a filter add dev v0 egress protocol ip matchall action vlan pop
tc -n a filter add dev v0 egress protocol ip matchall action vlan pop id 5
tc -n a filter add dev v0 egress protocol ip matchall action vlan pop pass index 9
tc -n a filter add dev v0 egress protocol ip matchall action vlan modify id 8
tc -n a filter add dev v0 egress protocol ip matchall action vlan modify id 8 priority 0 protocol 802.1q continue
tc -n a filter add dev v0 egress protocol ip matchall action vlan modify
tc -n a filter add dev v0 egress protocol ip matchall action vlan pop push
tc -n a filter add dev v0 egress protocol ip matchall action vlan pop_eth
tc -n a filter add dev v0 egress protocol ip matchall action vlan push_eth dst_mac 02:00:00:00:00:05 src_mac 02:00:00:00:00:06
tc -n a filter add dev v0 egress protocol ip matchall action vlan push_eth dst_mac 02:00:00:00:00:05
tc -n a filter add dev v0 egress protocol ip matchall action vlan push_eth
tc -n a filter add dev v0 egress protocol ip matchall action vlan
tc -n a filter add dev v0 egress protocol ip matchall action vlan foo
tc -n a filter add dev v0 egress protocol ip matchall action vlan help
tc -n a filter add dev v0 egress protocol ip matchall action vlan pop action mirred egress redirect dev v1
tc -n a filter show dev v0 egress
tc -n a -s filter show dev v0 egress
tc -n a actions ls action vlan
tc -n a filter del dev v0 egress
tc -n a filter add dev v0 egress protocol ip matchall action csum ip
tc -n a filter add dev v0 egress protocol ip matchall action csum ip4h and icmp
tc -n a filter add dev v0 egress protocol ip matchall action csum iph + tcp or udp pipe
tc -n a filter add dev v0 egress protocol ip matchall action csum igmp and udplite and sctp and tcp continue
tc -n a filter add dev v0 egress protocol ip matchall action csum icmp igmp tcp udp udplite sctp ip4h index 5
tc -n a filter add dev v0 egress protocol ip matchall action csum
tc -n a filter add dev v0 egress protocol ip matchall action csum foo
tc -n a filter add dev v0 egress protocol ip matchall action csum index 5
tc -n a filter add dev v0 egress protocol ip matchall action csum ipv4h drop action pass
tc -n a filter add dev v0 egress protocol ip matchall action csum and
tc -n a filter add dev v0 egress protocol ip matchall action csum help
tc -n a filter add dev v0 egress protocol ip matchall action csum ip goto chain 3
tc -n a filter show dev v0 egress
tc -n a actions ls action csum
tc -n a actions add action csum ip index 50
tc -n a actions add action csum ip index 50
tc -n a actions replace action csum udp pipe index 50
tc -n a actions get action csum index 50
tc -n a actions del action csum index 50
tc -n a actions flush action csum
tc -n a filter del dev v0 egress
tc -n a filter add dev v0 egress protocol ip matchall action simple sdata hello
tc -n a filter add dev v0 egress protocol ip matchall action simple sdata "two words" pass index 3
tc -n a filter add dev v0 egress protocol ip matchall action simple sdata 1234567890123456789012345678901
tc -n a filter add dev v0 egress protocol ip matchall action simple sdata 12345678901234567890123456789012
tc -n a filter add dev v0 egress protocol ip matchall action simple
tc -n a filter add dev v0 egress protocol ip matchall action simple index 3
tc -n a filter add dev v0 egress protocol ip matchall action simple foo
tc -n a filter add dev v0 egress protocol ip matchall action simple help
tc -n a filter add dev v0 egress protocol ip matchall action simple sdata x drop
tc -n a filter show dev v0 egress
tc -n a -s actions ls action simple
tc -n a actions replace action simple sdata bye index 3
tc -n a actions get action simple index 3
tc -n a actions add action simple index 8
tc -n a filter del dev v0 egress
tc -n a filter add dev v0 egress protocol ip matchall action nat ingress 10.0.0.0/24 192.168.0.0
tc -n a filter add dev v0 egress protocol ip matchall action nat egress 10.0.0.1 192.168.0.1 pipe
tc -n a filter add dev v0 egress protocol ip matchall action nat egress 10.0.0.1/0 192.168.0.1
tc -n a filter add dev v0 egress protocol ip matchall action nat foo 10.0.0.1 192.168.0.1
tc -n a filter add dev v0 egress protocol ip matchall action nat egress zz 192.168.0.1
tc -n a filter add dev v0 egress protocol ip matchall action nat egress 10.0.0.1 zz
tc -n a filter add dev v0 egress protocol ip matchall action nat egress 10.0.0.1
tc -n a filter add dev v0 egress protocol ip matchall action nat
tc -n a filter add dev v0 egress protocol ip matchall action nat egress 10.0.0.1/31 192.168.0.2 drop index 6
tc -n a filter add dev v0 egress protocol ip matchall action nat help
tc -n a filter show dev v0 egress
tc -n a -s actions ls action nat
tc -n a filter del dev v0 egress
tc -n a filter add dev v0 egress protocol ip matchall action skbmod set dmac 02:00:00:00:00:09
tc -n a filter add dev v0 egress protocol ip matchall action skbmod set smac 02:00:00:00:00:08 set etype 0x88b5 pass
tc -n a filter add dev v0 egress protocol ip matchall action skbmod set etype 0x88b6
tc -n a filter add dev v0 egress protocol ip matchall action skbmod swap mac
tc -n a filter add dev v0 egress protocol ip matchall action skbmod swap mac index 6
tc -n a filter add dev v0 egress protocol ip matchall action skbmod ecn
tc -n a filter add dev v0 egress protocol ip matchall action skbmod set dmac 02:00:00:00:00:09 smac 02:00:00:00:00:08 etype 0x1234 drop
tc -n a filter add dev v0 egress protocol ip matchall action skbmod set dmac zz
tc -n a filter add dev v0 egress protocol ip matchall action skbmod set etype zz
tc -n a filter add dev v0 egress protocol ip matchall action skbmod
tc -n a filter add dev v0 egress protocol ip matchall action skbmod foo
tc -n a filter add dev v0 egress protocol ip matchall action skbmod help
tc -n a filter add dev v0 egress protocol ip matchall action skbmod set dmac 02:00:00:00:00:09 swap mac
tc -n a filter show dev v0 egress
tc -n a actions ls action skbmod
tc -n a filter del dev v0 egress
tc -n a filter add dev v0 egress protocol ip matchall action gact drop random determ pass 3
tc -n a filter show dev v0 egress
tc -n a filter add dev v0 egress protocol ip matchall action foo
tc -n a -o actions ls action gact
