ip netns add a
ip -n a link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02
tc -n a qdisc add dev v0 clsact
tc -n a filter add dev v0 egress protocol ip matchall action pedit munge offset 0 u8 set 5
tc -n a filter add dev v0 egress protocol ip matchall action pedit munge offset 4 u16 set 0x1234 retain 0xff0
tc -n a filter add dev v0 egress protocol ip matchall action pedit munge offset 8 u32 set 0xdeadbeef pipe munge offset 12 u8 clear
tc -n a filter add dev v0 egress protocol ip matchall action pedit munge offset 9 u8 invert munge offset 10 u16 clear munge offset 12 u8 preserve
tc -n a filter add dev v0 egress protocol ip matchall action pedit munge offset 11 u16 set 1
tc -n a filter add dev v0 egress protocol ip matchall action pedit munge offset 11 u32 set 1
tc -n a filter add dev v0 egress protocol ip matchall action pedit munge offset 8 u8 set 0x100
tc -n a filter add dev v0 egress protocol ip matchall action pedit munge offset 8 u8 add 1
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex munge offset 8 u8 add 1
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex munge offset 8 u8 add 0xff continue
tc -n a filter add dev v0 egress protocol ip matchall action pedit munge offset 0 u8 at 0 0f 2 set 5
tc -n a filter add dev v0 egress protocol ip matchall action pedit munge ip src set 10.0.0.9 munge ip dst set 10.0.0.8 pass
tc -n a filter add dev v0 egress protocol ip matchall action pedit munge ip tos set 0x10 retain 0xfc
tc -n a filter add dev v0 egress protocol ip matchall action pedit munge ip ttl set 5
tc -n a filter add dev v0 egress protocol ip matchall action pedit munge ip ttl decrement
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex munge ip ttl decrement
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex munge ip ttl add 255
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex munge ip tos decrement
tc -n a filter add dev v0 egress protocol ip matchall action pedit munge ip protocol set 17 munge ip ihl set 6
tc -n a filter add dev v0 egress protocol ip matchall action pedit munge ip precedence set 3 munge ip dsfield set 4
tc -n a filter add dev v0 egress protocol ip matchall action pedit munge ip nofrag set 1 munge ip firstfrag set 1 munge ip df set 0x40 munge ip mf set 0x20 munge ip ce set 0x80
tc -n a filter add dev v0 egress protocol ip matchall action pedit munge ip dport set 80 munge ip sport set 81
tc -n a filter add dev v0 egress protocol ip matchall action pedit munge ip icmp_type set 3 munge ip icmp_code set 4
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex munge ip dport set 80
tc -n a filter add dev v0 egress protocol ip matchall action pedit munge ip nix set 80
tc -n a filter add dev v0 egress protocol ip matchall action pedit munge ip
tc -n a filter add dev v0 egress protocol ip matchall action pedit munge eth dst set 02:00:00:00:00:03
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex munge eth dst set 02:00:00:00:00:03 munge eth src set 02:00:00:00:00:04 munge eth type set 0x88b5
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex munge eth src set 02:00:00:00:00:04 pipe action pass
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex munge eth dst set zz
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex munge eth dst add 02:00:00:00:00:04
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex munge eth dst set 02:00:00:00:00:03 retain 0xff
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex munge tcp dport set 80 munge tcp sport add 1 munge tcp flags set 2
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex munge udp dport set 80 munge udp sport clear
tc -n a filter add dev v0 egress protocol ip matchall action pedit munge udp dport set 80
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex munge icmp type set 1
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex munge foo type set 1
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex munge ip6 src set fe80::1
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex munge ip6 hoplimit decrement
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex munge ip6 traffic_class set 0x12
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex munge ip6 flow_lbl set 5 munge ip6 payload_len set 7 munge ip6 nexthdr set 58
tc -n a filter show dev v0 egress
tc -n a filter del dev v0 egress
tc -n a filter add dev v0 egress protocol ip matchall action pedit
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex
tc -n a filter add dev v0 egress protocol ip matchall action pedit munge
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex munge ip ttl set 5 index 7 
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex munge ip ttl set 5 drop index 8
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex munge ip ttl set 5 goto chain 4
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex munge ip ttl set 5 jump 1 action pass action drop
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex munge ip ttl set
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex munge ip ttl set zz
tc -n a filter add dev v0 egress protocol ip matchall action pedit help
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex munge offset -14 u8 set 5
tc -n a filter add dev v0 egress protocol ip matchall action pedit munge offset -4 u8 set 5
tc -n a filter show dev v0 egress
tc -n a actions ls action pedit
tc -n a actions add action pedit ex munge ip ttl set 9 index 20
tc -n a actions add action pedit ex munge ip ttl set 9 index 20
tc -n a actions replace action pedit ex munge ip ttl set 19 munge ip tos set 1 index 20
tc -n a actions get action pedit index 20
tc -n a actions ls action pedit
tc -n a actions change action pedit ex munge ip ttl set 19 index 20
tc -n a actions get action pedit index 20
tc -n a filter add dev v0 egress protocol ip matchall action pedit index 20
tc -n a filter add dev v0 egress protocol ip matchall action pedit ex index 20
tc -n a actions del action pedit index 20
tc -n a actions flush action pedit
tc -n a -s actions ls action pedit
tc -n a filter show dev v0 egress
tc -n a -s -o filter show dev v0 egress
