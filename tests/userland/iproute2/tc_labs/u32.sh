ip netns add a
ip -n a link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02
tc -n a qdisc add dev v0 clsact
tc -n a filter add dev v0 ingress protocol ip u32 skip_sw match u32 0 0 action mirred egress mirror dev v1
tc -n a filter add dev v0 ingress protocol ip u32 skip_hw match u32 0 0 action mirred egress mirror dev v1
tc -n a filter add dev v0 ingress protocol ip u32 match u32 0 0
tc -n a filter add dev v0 ingress protocol ip u32 match u32 0 0 flowid 1:3
tc -n a filter add dev v0 ingress protocol ip pref 7 u32 match ip protocol 17 0xff match udp dst 53 0xffff match tcp src 80 0xff00 action mirred egress mirror dev v1 continue
tc -n a filter add dev v0 ingress protocol ip pref 7 u32 ht 800: match ip tos 16 0xff match ip dport 80 0xffff match ip sport 90 0xffff action mirred egress mirror dev v1 drop
tc -n a filter add dev v0 ingress protocol ip pref 7 handle ::5 u32 match ip src 10.0.0.0/255.0.0.0 action mirred egress mirror dev v1 goto chain 4
tc -n a filter add dev v0 ingress protocol ip pref 7 handle ::5 u32 match ip src 10.0.0.0/255.0.0.0 action mirred egress mirror dev v1 goto chain 4
tc -n a filter add dev v0 ingress protocol ip pref 7 u32 match icmp type 8 0xff match ether dst 02:00:00:00:00:01 action mirred ingress redirect dev v1 index 4
tc -n a filter add dev v0 ingress protocol ip pref 7 u32 match ip df match u8 1 0xff at nexthdr+13 indev v0 action mirred index 4
tc -n a filter add dev v0 ingress protocol ip pref 7 handle 2: u32 divisor 4
tc -n a filter add dev v0 ingress protocol ip pref 7 u32 ht 2:1: match ip src 1.2.3.4 action mirred index 4
tc -n a filter add dev v0 ingress protocol ip pref 7 u32 link 2: hashkey mask 0x00000003 at 12 match u32 0 0 offset at 0 mask 0f00 shift 6 plus 4 eat
tc -n a -s filter show dev v0 ingress
tc -n a filter show dev v0
tc -n a filter show dev v0 parent ffff:fff2
tc -n a filter show dev v0 parent ffff:
tc -n a -p filter show dev v0 ingress
tc -n a -d filter show dev v0 ingress pref 7
tc -n a filter show dev v0 ingress protocol ip
tc -n a filter show dev v0 ingress chain 4
tc -n a filter show
tc -n a filter show dev v0 ingress
tc -n a filter del dev v0 ingress
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match ip src 10.0.0.0/8 match ip dst 10.0.0.1 match ip tos 0x10 0xff match ip dsfield 0x20 0xf0 at 4
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match ip tos 0x10 0xff match ip ihl 5 0x0f match ip protocol 6 0xff match ip nofrag
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match ip firstfrag match ip df
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match ip firstfrag
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match ip mf match ip dport 80 0xffff match ip sport 1000 0xff00
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match ip icmp_type 8 0xff match ip icmp_code 0 0xff
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match ip src 10.0.0.1 match ip src 10.0.0.2
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match ip dst 10.1
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match ip dst any
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match ip dst default
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match ip dst 10.0.0.0/255.255.0.0 at nexthdr+8
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match ip dst 10.0.0.0/33
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match ip foo 1
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match ether dst 02:00:00:00:00:0a match ether src 2:0:0:0:0:b
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match ether foo 1
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match ether dst foo
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match udp dst 53 0xffff match icmp code 3 0xff
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match tcp foo 53 0xffff
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match u32 1 1 at 3
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match u16 1 ffff at 3 match u16 2 ffff at 1
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match u8 1 ff at 1 match u8 2 ff at 2 match u8 3 ff at 3 match u8 4 ff at 4
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match u8 256 ff at 1
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match u8 1 1ff at 1
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match u8 1 zz at 1
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match u8 1
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match u8 1 ff at
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match u8 1 ff at nexthdr+ 4
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match u8 1 ff at zz
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match u8 010 0xff at 0x8
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match u32 0xffffffff 0xffffffff at -4
tc -n a filter add dev v0 egress protocol ip pref 1 u32 match u32 0x1ffffffff 0xffffffff at -4
tc -n a filter add dev v0 egress protocol ipv6 pref 2 u32 match ip6 dst 2001:db8::/36 match ip6 src ::1
tc -n a filter add dev v0 egress protocol ipv6 pref 2 u32 match ip6 protocol 58 0xff match ip6 priority 3 0xff match ip6 flowlabel 5 0xfffff
tc -n a filter add dev v0 egress protocol ipv6 pref 2 u32 match ip6 dport 80 0xffff
tc -n a filter add dev v0 egress protocol ipv6 pref 2 u32 match ip6 sport 80 0xffff
tc -n a filter add dev v0 egress protocol ipv6 pref 2 u32 match ip6 icmp_type 128 0xff
tc -n a filter show dev v0 egress
tc -n a -p filter show dev v0 egress
tc -n a -r filter show dev v0 egress pref 1
tc -n a filter del dev v0 egress
tc -n a filter add dev v0 egress protocol ip pref 3 handle 5: u32 divisor 256
tc -n a filter add dev v0 egress protocol ip pref 3 handle 5: u32 divisor 2
tc -n a filter add dev v0 egress protocol ip pref 3 u32 divisor 1
tc -n a filter add dev v0 egress protocol ip pref 3 handle 6:: u32 divisor 300
tc -n a filter add dev v0 egress protocol ip pref 3 u32 ht 5:12: match ip src 10.0.0.18
tc -n a filter add dev v0 egress protocol ip pref 3 u32 ht 5: sample ip src 10.0.0.33 match ip src 10.0.0.33
tc -n a filter add dev v0 egress protocol ip pref 3 u32 ht 5: sample u8 6 ff at 9 divisor 16 match ip protocol 6 0xff
tc -n a filter add dev v0 egress protocol ip pref 3 u32 ht 5: sample ip src 10.0.0.33 sample foo match ip src 10.0.0.33
tc -n a filter add dev v0 egress protocol ip pref 3 u32 ht 9: match ip src 10.0.0.33
tc -n a filter add dev v0 egress protocol ip pref 3 u32 ht 800:1 match ip src 10.0.0.33
tc -n a filter add dev v0 egress protocol ip pref 3 u32 ht zz match ip src 10.0.0.33
tc -n a filter add dev v0 egress protocol ip pref 3 u32 link 9: match ip src 10.0.0.33
tc -n a filter add dev v0 egress protocol ip pref 3 u32 link 800: match ip src 10.0.0.33
tc -n a filter add dev v0 egress protocol ip pref 3 u32 link 5::1 match ip src 10.0.0.33
tc -n a filter add dev v0 egress protocol ip pref 3 u32 link 5: hashkey mask 0xff at 12 match ip src 10.0.0.0/8
tc -n a filter add dev v0 egress protocol ip pref 3 u32 link 5: hashkey mask 0xff at 3 match ip src 10.0.0.0/8
tc -n a filter add dev v0 egress protocol ip pref 3 u32 link 5: offset at 0 mask 0f00 shift 6 match ip src 10.0.0.0/8
tc -n a filter add dev v0 egress protocol ip pref 3 u32 link 5: offset at 1 mask 0f00 shift 6 match ip src 10.0.0.0/8
tc -n a filter add dev v0 egress protocol ip pref 3 u32 link 5: offset plus 20 eat match ip src 10.0.0.0/8
tc -n a filter add dev v0 egress protocol ip pref 3 u32 order 7 match ip src 10.0.0.0/8
tc -n a filter add dev v0 egress protocol ip pref 3 handle ::8 u32 order 7 match ip src 10.0.0.0/8
tc -n a filter add dev v0 egress protocol ip pref 3 handle 5::8 u32 match ip src 10.0.0.0/8
tc -n a filter add dev v0 egress protocol ip pref 3 handle zz u32 match ip src 10.0.0.0/8
tc -n a filter add dev v0 egress protocol ip pref 3 u32 classid 1:10 match ip src 10.0.0.0/8
tc -n a filter add dev v0 egress protocol ip pref 3 u32 flowid :3 match ip src 10.0.0.0/8
tc -n a filter add dev v0 egress protocol ip pref 3 u32 flowid zz match ip src 10.0.0.0/8
tc -n a filter add dev v0 egress protocol ip pref 3 u32 indev v1 match ip src 10.0.0.0/8
tc -n a filter add dev v0 egress protocol ip pref 3 u32 indev nope match ip src 10.0.0.0/8
tc -n a filter add dev v0 egress protocol ip pref 3 u32 match ip src 10.0.0.0/8 indev
tc -n a filter add dev v0 egress protocol ip pref 3 u32 skip_hw skip_sw match ip src 10.0.0.0/8
tc -n a filter add dev v0 egress protocol ip pref 3 u32 match ip src 10.0.0.0/8 skip_hw
tc -n a filter add dev v0 egress protocol ip pref 3 u32 flowid 1:1
tc -n a filter show dev v0 egress
tc -n a filter del dev v0 egress protocol ip pref 3 handle 5:12:800 u32
tc -n a filter del dev v0 egress protocol ip pref 3 handle 5: u32
tc -n a filter change dev v0 egress protocol ip pref 3 handle 5:21:800 u32 match u32 0 0 classid 1:7
tc -n a filter change dev v0 egress protocol ip pref 3 handle 5:21:800 u32 link 0: match u32 0 0
tc -n a filter change dev v0 egress protocol ip pref 3 handle 5: u32 match u32 0 0
tc -n a filter get dev v0 egress protocol ip pref 3 handle 5:21:800 u32
tc -n a filter show dev v0 egress
