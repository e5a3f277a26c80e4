ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0
ip -n b neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev v1
tc -n a qdisc add dev v0 clsact
tc -n b qdisc add dev v1 clsact
tc -n a filter add dev v0 egress protocol ip pref 1 basic match 'cmp(u8 at 8 layer network eq 9)' action continue
tc -n a filter add dev v0 egress protocol ip pref 2 basic match 'cmp(u8 at 8 layer 1 mask 0xf eq 9)' action continue
tc -n a filter add dev v0 egress protocol ip pref 3 basic match 'cmp(u16 at 2 layer 1 gt 84)' action continue
tc -n a filter add dev v0 egress protocol ip pref 4 basic match 'cmp(u16 at 2 layer 1 lt 85)' action continue
tc -n a filter add dev v0 egress protocol ip pref 5 basic match 'cmp(u16 at 12 layer link eq 0x800)' action continue
tc -n a filter add dev v0 egress protocol ip pref 6 basic match 'cmp(u16 at 2 layer transport eq 53)' action continue
tc -n a filter add dev v0 egress protocol ip pref 7 basic match 'cmp(u16 at 2 layer transport trans eq 53)' action continue
tc -n a filter add dev v0 egress protocol ip pref 8 basic match 'cmp(u32 at 16 layer 1 eq 0x0a000002)' action continue
tc -n a filter add dev v0 egress protocol ip pref 9 basic match 'cmp(u8 at 500 eq 0)' action continue
tc -n a filter add dev v0 egress protocol ip pref 10 basic match 'not cmp(u8 at 500 eq 0)' action continue
tc -n a filter add dev v0 egress protocol ip pref 11 basic match 'u32(u8 17 0xff at 9)' action continue
tc -n a filter add dev v0 egress protocol ip pref 12 basic match 'u32(u16 53 0xffff at 22)' action continue
tc -n a filter add dev v0 egress protocol ip pref 13 basic match 'u32(u16 53 0xffff at nexthdr+2)' action continue
tc -n a filter add dev v0 egress protocol ip pref 14 basic match 'meta(pkt_len gt 90)' action continue
tc -n a filter add dev v0 egress protocol ip pref 15 basic match 'meta(pkt_len lt 90)' action continue
tc -n a filter add dev v0 egress protocol ip pref 16 basic match 'meta(nf_mark eq 5)' action continue
tc -n a filter add dev v0 egress protocol ip pref 17 basic match 'meta(nf_mark mask 0xf eq 5)' action continue
tc -n a filter add dev v0 egress protocol ip pref 18 basic match 'meta(protocol eq 8)' action continue
tc -n a filter add dev v0 egress protocol ip pref 19 basic match 'meta(protocol eq 0x800)' action continue
tc -n a filter add dev v0 egress protocol ip pref 20 basic match 'meta(pkt_type eq 0)' action continue
tc -n a filter add dev v0 egress protocol ip pref 21 basic match 'meta(vlan eq 0)' action continue
tc -n a filter add dev v0 egress protocol ip pref 22 basic match 'meta(tc_index eq 0)' action continue
tc -n a filter add dev v0 egress protocol ip pref 23 basic match 'meta(priority eq 0)' action continue
tc -n a filter add dev v0 egress protocol ip pref 24 basic match 'meta(dev eq "v0")' action continue
tc -n a filter add dev v0 egress protocol ip pref 25 basic match 'meta(dev eq "v1")' action continue
tc -n a filter add dev v0 egress protocol ip pref 26 basic match 'meta(mac_len eq 14)' action continue
tc -n a filter add dev v0 egress protocol ip pref 27 basic match 'meta(data_len eq 0)' action continue
tc -n a filter add dev v0 egress protocol ip pref 28 basic match 'nbyte("\x0a\x00\x00\x02" at 16 layer network)' action continue
tc -n a filter add dev v0 egress protocol ip pref 29 basic match 'nbyte("\x02\x00" at 0 layer link)' action continue
tc -n a filter add dev v0 egress protocol ip pref 30 basic match 'cmp(u8 at 8 eq 9) and (cmp(u8 at 9 eq 17) or not cmp(u8 at 8 gt 64))' action continue
tc -n a filter add dev v0 egress protocol ip pref 31 basic match 'not (cmp(u8 at 8 eq 9) and not (cmp(u8 at 9 eq 1) or cmp(u8 at 8 eq 2)))' action continue
tc -n a filter add dev v0 egress protocol ip pref 32 basic match 'cmp(u8 at 8 eq 9) or cmp(u8 at 9 eq 17) and cmp(u8 at 0 eq 1)' action continue
tc -n a filter add dev v0 egress protocol ip pref 33 basic match 'meta(rt_iif eq 0)' action continue
tc -n a filter add dev v0 egress protocol ip pref 34 basic action continue
tc -n a filter add dev v0 egress protocol ip pref 35 basic match 'meta(pkt_len shift 4 eq 6)' action continue
tc -n a filter add dev v0 egress protocol ip pref 37 handle 5 fw action continue
tc -n a filter add dev v0 egress protocol ip pref 38 handle 5/0xf fw action continue
tc -n a filter add dev v0 egress protocol ip pref 38 handle 6/0xf fw action continue
tc -n a filter add dev v0 egress protocol ip pref 39 handle 21 fw indev v0 action continue
tc -n a filter add dev v0 egress protocol ip pref 40 fw
tc -n a filter add dev v0 egress protocol ip pref 41 handle 5 fw classid 1:1
tc -n a filter add dev v0 egress protocol ip pref 42 basic classid 1:3
tc -n a filter add dev v0 egress protocol ip pref 43 flower action drop
tc -n b filter add dev v1 ingress protocol ip pref 1 handle 5 fw action drop
tc -n b filter add dev v1 ingress protocol ip pref 2 basic match 'meta(pkt_type eq 0)' action continue
tc -n b filter add dev v1 ingress protocol ip pref 3 basic match 'meta(pkt_len eq 84)' action continue
tc -n b filter add dev v1 ingress protocol ip pref 4 basic match 'cmp(u16 at 12 layer link eq 0x800)' action continue
tc -n b filter add dev v1 ingress protocol ip pref 5 basic match 'cmp(u16 at 2 layer 2 eq 53)' action continue
tc -n b filter add dev v1 ingress protocol ip pref 6 basic match 'meta(rt_iif eq 2)' action continue
ip netns exec a ping -c 1 -W 1 10.0.0.2
ip netns exec a ping -c 1 -t 9 -m 5 -W 1 10.0.0.2
ip netns exec a ping -c 1 -t 8 -m 21 -W 1 10.0.0.2
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=9,dp=53"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=9,dp=53,ttl=9"
ip netns exec a ping -c 1 -W 1 10.0.0.2
tc -n a -s filter show dev v0 egress
tc -n b -s filter show dev v1 ingress
ip -n b -s link
