ip netns add a
ip -n a link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02
tc -n a qdisc add dev v0 clsact
tc -n a filter add dev v0 ingress protocol ip pref 1 handle 5 fw
tc -n a filter add dev v0 ingress protocol ip pref 1 handle 5 fw classid 1:5
tc -n a filter add dev v0 ingress protocol ip pref 1 handle 0x6 fw action drop
tc -n a filter add dev v0 ingress protocol ip pref 1 handle 0x6 fw action drop
tc -n a filter add dev v0 ingress protocol ip pref 1 handle 0x6/0xff fw action drop
tc -n a filter add dev v0 ingress protocol ip pref 2 handle 0x7/0xff fw action drop
tc -n a filter add dev v0 ingress protocol ip pref 2 handle 0x8/0xff fw classid 1:2 action pass
tc -n a filter add dev v0 ingress protocol ip pref 2 handle 0x8 fw classid 1:2
tc -n a filter add dev v0 ingress protocol ip pref 2 handle 0x9/0xffff fw classid 1:2
tc -n a filter add dev v0 ingress protocol ip pref 2 handle 0x306/0xff fw classid 1:2
tc -n a filter add dev v0 ingress protocol ip pref 3 fw classid 1:1
tc -n a filter add dev v0 ingress protocol ip pref 3 handle zz fw classid 1:1
tc -n a filter add dev v0 ingress protocol ip pref 3 handle 1/zz fw classid 1:1
tc -n a filter add dev v0 ingress protocol ip pref 4 handle 1 fw indev v1 action pass
tc -n a filter add dev v0 ingress protocol ip pref 4 handle 2 fw indev nix action pass
tc -n a filter add dev v0 ingress protocol ip pref 4 handle 3 fw indev
tc -n a filter add dev v0 ingress protocol ip pref 4 handle 3 fw foo
tc -n a filter add dev v0 ingress protocol ip pref 4 handle 3 fw classid zz
tc -n a filter add dev v0 ingress protocol ip pref 4 handle 3 fw action zz
tc -n a filter add dev v0 ingress protocol ip pref 4 handle 3 fw help
tc -n a filter add dev v0 ingress protocol ip pref 4 handle 256 fw classid 1:1
tc -n a filter add dev v0 ingress protocol ip pref 4 handle 257 fw classid 1:1
tc -n a filter add dev v0 ingress protocol ip pref 4 handle 0x100000 fw classid 1:1
tc -n a filter add dev v0 ingress protocol ip pref 4 handle 0 fw classid 1:1
tc -n a filter show dev v0 ingress
tc -n a -s filter show dev v0 ingress
tc -n a filter replace dev v0 ingress protocol ip pref 2 handle 0x7/0xff fw classid 1:7 action pass
tc -n a filter change dev v0 ingress protocol ip pref 2 handle 0x8 fw classid 1:9
tc -n a filter change dev v0 ingress protocol ip pref 2 handle 0x8/0xf fw classid 1:9
tc -n a filter change dev v0 ingress protocol ip pref 2 handle 0x99 fw classid 1:9
tc -n a filter change dev v0 ingress protocol ip pref 2 handle 0x8 fw
tc -n a filter show dev v0 ingress pref 2
tc -n a filter get dev v0 ingress protocol ip pref 2 handle 0x8 fw
tc -n a filter del dev v0 ingress protocol ip pref 2 handle 0x7 fw
tc -n a filter del dev v0 ingress protocol ip pref 2 handle 0x77 fw
tc -n a filter del dev v0 ingress protocol ip pref 4 handle 1 fw
tc -n a filter show dev v0 ingress
tc -n a filter del dev v0 ingress protocol ip pref 4
tc -n a -o filter show dev v0 ingress
