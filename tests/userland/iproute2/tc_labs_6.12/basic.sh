ip netns add a
ip -n a link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02
tc -n a qdisc add dev v0 clsact
tc -n a filter add dev v0 ingress protocol ip pref 1 basic
tc -n a filter add dev v0 ingress protocol ip pref 1 basic action drop
tc -n a filter add dev v0 ingress protocol ip pref 1 basic classid 1:2
tc -n a filter add dev v0 ingress protocol ip pref 1 handle 7 basic action pass
tc -n a filter add dev v0 ingress protocol ip pref 1 handle 7 basic action pass
tc -n a filter add dev v0 ingress protocol ip pref 2 basic match 'cmp(u8 at 0 layer 1 mask 0xff eq 5)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 2 basic match 'cmp(u16 at 2 layer network gt 100)' classid 1:1
tc -n a filter add dev v0 ingress protocol ip pref 2 basic match 'cmp(u32 at 0 layer link mask 0xff00 lt 5)' action pass
tc -n a filter add dev v0 ingress protocol ip pref 2 basic match 'cmp(u16 at 2 layer transport trans gt 0x10)'
tc -n a filter add dev v0 ingress protocol ip pref 2 basic match 'cmp(u8 at 8 eq 64)'
tc -n a filter add dev v0 ingress protocol ip pref 2 basic match 'cmp(u8 at 8 layer 3 eq 64)'
tc -n a filter add dev v0 ingress protocol ip pref 2 basic match 'cmp(u8 at 8)'
tc -n a filter add dev v0 ingress protocol ip pref 2 basic match 'cmp(u9 at 8 eq 1)'
tc -n a filter add dev v0 ingress protocol ip pref 2 basic match 'cmp(u8 at x eq 1)'
tc -n a filter add dev v0 ingress protocol ip pref 2 basic match 'cmp(u8 foo 8 eq 1)'
tc -n a filter add dev v0 ingress protocol ip pref 2 basic match 'cmp(u8 at)'
tc -n a filter show dev v0 ingress
tc -n a filter add dev v0 ingress protocol ip pref 3 basic match 'u32(u16 0x1122 0xffff at nexthdr+4)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 3 basic match 'u32(u32 0x0a000001 0xffffffff at 12)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 3 basic match 'u32(u8 0x11 0xff at 9)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 3 basic match 'u32(u16 5 0xffff at 2)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 3 basic match 'u32(u16 5 0xffff at 3)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 3 basic match 'u32(u32 5 0xffff at 3)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 3 basic match 'u32(u8 0x111 0xff at 9)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 3 basic match 'u32(u8 1 0xff at nexthdr+ 8)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 3 basic match 'u32(u8 1 at 8)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 4 basic match 'meta(nf_mark eq 5)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 4 basic match 'meta(fwmark mask 0xff gt 5)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 4 basic match 'meta(pkt_len shift 2 lt 5)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 4 basic match 'meta(pkt_type eq 1)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 4 basic match 'meta(protocol eq 0x800)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 4 basic match 'meta(priority eq 7) and meta(tc_index eq 0)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 4 basic match 'meta(vlan mask 0xfff eq 5)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 4 basic match 'meta(dev eq "v0")' action drop
tc -n a filter add dev v0 ingress protocol ip pref 4 basic match 'meta(dev eq 3)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 4 basic match 'meta(rt_iif eq 3)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 4 basic match 'meta(data_len eq 0) or meta(mac_len eq 14)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 4 basic match 'meta(nix eq 3)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 4 basic match 'meta(nf_mark 3)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 4 basic match 'meta(nf_mark eq)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 4 basic match 'meta(5 eq nf_mark)' action drop
tc -n a filter show dev v0 ingress
tc -n a filter add dev v0 ingress protocol ip pref 5 basic match 'nbyte("abc" at 12 layer 1)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 5 basic match 'nbyte(abc at 12)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 5 basic match 'nbyte("\x0a\x00\x00\x01" at 12 layer network)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 5 basic match 'nbyte("abc")' action drop
tc -n a filter add dev v0 ingress protocol ip pref 5 basic match 'nbyte("abc" at 12 foo)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 6 basic match 'not cmp(u8 at 9 eq 1)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 6 basic match 'cmp(u8 at 9 eq 1) and (cmp(u8 at 8 eq 1) or not cmp(u8 at 8 gt 64))' action drop
tc -n a filter add dev v0 ingress protocol ip pref 6 basic match 'cmp(u8 at 9 eq 1)' and 'cmp(u8 at 8 eq 1)' or 'cmp(u8 at 1 eq 3)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 6 basic match cmp\(u8 at 9 eq 17\) action drop
tc -n a filter add dev v0 ingress protocol ip pref 6 basic match 'not (cmp(u8 at 9 eq 1) and not (cmp(u8 at 8 eq 1) or cmp(u8 at 8 eq 2)))' action drop
tc -n a filter add dev v0 ingress protocol ip pref 6 basic match 'foo(u8 at 9 eq 1)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 6 basic match 'cmp(u8 at 9 eq 1' action drop
tc -n a filter add dev v0 ingress protocol ip pref 6 basic match 'and cmp(u8 at 9 eq 1)' action drop
tc -n a filter add dev v0 ingress protocol ip pref 6 basic match '' action drop
tc -n a filter add dev v0 ingress protocol ip pref 6 basic match
tc -n a filter add dev v0 ingress protocol ip pref 6 basic foo
tc -n a filter add dev v0 ingress protocol ip pref 6 basic help
tc -n a filter add dev v0 ingress protocol ip pref 6 basic classid zz
tc -n a filter show dev v0 ingress
tc -n a filter replace dev v0 ingress protocol ip pref 1 handle 7 basic match 'cmp(u8 at 8 eq 64)' action drop
tc -n a filter change dev v0 ingress protocol ip pref 1 handle 1 basic classid 1:3
tc -n a filter change dev v0 ingress protocol ip pref 1 handle 99 basic classid 1:3
tc -n a filter add dev v0 ingress protocol ip pref 1 basic classid 1:9
tc -n a filter del dev v0 ingress protocol ip pref 1 handle 2 basic
tc -n a filter del dev v0 ingress protocol ip pref 1 handle 99 basic
tc -n a -s filter show dev v0 ingress pref 1
tc -n a filter get dev v0 ingress protocol ip pref 1 handle 7 basic
tc -n a -o filter show dev v0 ingress pref 6
