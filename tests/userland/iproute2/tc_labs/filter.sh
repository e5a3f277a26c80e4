ip netns add a
ip -n a link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02
tc -n a qdisc add dev v0 clsact
tc -n a qdisc del dev v0 clsact
tc -n a qdisc del dev v0 ingress
ip -n a link set v0 up
tc -n a qdisc del dev v0 root
tc -n a filter add dev v0 protocol ip u32 match u32 0 0 action mirred egress mirror dev v1
tc -n a filter add dev v0 root protocol ip u32 match u32 0 0 action mirred egress mirror dev v1
tc -n a filter add dev v0 parent ffff: protocol ip u32 match u32 0 0 action mirred egress mirror dev v1
tc -n a filter add dev v0 parent ffff:3 protocol ip u32 match u32 0 0 action mirred egress mirror dev v1
tc -n a filter add dev v0 parent ffff:fff2 protocol ip u32 match u32 0 0 action mirred egress mirror dev v1
tc -n a filter add dev v0 parent 1: protocol ip u32 match u32 0 0 action mirred egress mirror dev v1
tc -n a filter add dev v0 egress protocol all pref 5 u32 match u32 0 0 action mirred egress mirror dev v1
tc -n a filter add dev v0 egress protocol ip pref 5 u32 match u32 0 0 action mirred egress mirror dev v1
tc -n a filter add dev v0 egress u32
tc -n a filter add dev v0 egress
tc -n a filter change dev v0 egress pref 5 u32 match u32 0 0 action mirred egress mirror dev v1
tc -n a filter change dev v0 egress protocol all pref 5 u32 match u32 0 0 action mirred egress mirror dev v1
tc -n a filter change dev v0 egress u32 match u32 1 1 action mirred egress redirect dev v1
tc -n a filter show dev v0 egress
tc -n a filter add dev v0 egress chain 4294967295 protocol ip u32 match u32 0 0
tc -n a filter add dev v0 egress chain 268435456 protocol ip u32 match u32 0 0
tc -n a filter add dev v0 egress chain 3 protocol ip u32 match u32 0 0
tc -n a filter show dev v0 egress chain 3
tc -n a filter show dev v0 egress
tc -n a filter show dev v0 ingress
tc -n a filter del dev v0 egress pref 5
tc -n a filter del dev v0 egress pref 5 chain 8
tc -n a filter del dev v0 egress protocol all pref 5
tc -n a filter del dev v0 egress chain 8
tc -n a filter show dev v0 egress pref 4
tc -n a filter show dev v0 egress pref 4
tc -n a filter add dev v0 egress protocol ip u32 divisor 3
tc -n a filter add dev v0 egress protocol ip u32 match ip dst
tc -n a filter add dev v0 egress protocol ip u32 match ip
tc -n a filter add dev v0 egress protocol ip u32 match foo bar
tc -n a filter add dev v0 egress protocol ip u32 foo
tc -n a filter add dev v0 egress protocol ip u32 match ip dst 1.2.3.4 action
tc -n a filter add dev v0 egress protocol ip u32 match ip dst 1.2.3.4 action mirred
tc -n a filter add dev v0 egress protocol ip u32 match ip dst 1.2.3.4 action mirred egress
tc -n a filter add dev v0 egress protocol ip u32 match ip dst 1.2.3.4 action mirred egress redirect
tc -n a filter add dev v0 egress protocol ip u32 match ip dst 1.2.3.4 action mirred egress redirect dev
tc -n a filter add dev v0 egress protocol ip u32 match ip dst 1.2.3.4 action mirred egress redirect dev v1 foo
tc -n a filter add dev v0 egress protocol ip u32 match ip dst 1.2.3.4 action mirred egress ingress redirect dev v1
tc -n a filter add dev v0 egress protocol ip u32 match ip dst 1.2.3.4 action mirred foo
tc -n a filter add dev v0 egress protocol ip u32 match ip dst 1.2.3.4 action mirred index 99
tc -n a -s filter show dev v0 egress protocol ip
tc -n a filter add dev v0 egress protocol 0x88f7 pref 0x10 u32 match u8 1 0xff at 0
tc -n a filter add dev v0 egress protocol 802.1Q pref 70000 u32 match u8 1 0xff at 0
tc -n a filter add dev v0 egress protocol 802.1Q prio 70 u32 match u8 1 0xff at 0
tc -n a filter add dev v0 egress pref 0 u32 match u8 1 0xff at 0
tc -n a filter add dev v0 dev v1 egress pref 3 u32 match u8 1 0xff at 0
tc -n a filter add dev v0 egress ingress pref 3 u32 match u8 1 0xff at 0
tc -n a filter add dev v0 egress pref 3 pref 4 u32 match u8 1 0xff at 0
tc -n a filter show dev v0 egress foo
tc -n a filter foo
tc -n a chain foo
tc -n a class show dev v0
tc -n a filter show dev v0 egress protocol 0x88f7
tc -n a filter show dev v0 egress protocol 802.1Q
tc -n a -o filter show dev v0 egress protocol 802.1Q
tc -n a qdisc add dev v1 ingress
tc -n a filter add dev v1 egress pref 1 u32 match u32 0 0
tc -n a filter show dev v1 ingress
tc -n a filter show dev v1 parent ffff:
tc -n a filter show dev v1 parent ffff:1
tc -n a filter show dev nope
tc -n a filter add dev nope ingress u32 match u32 0 0
tc -n a filter add ingress u32 match u32 0 0
tc -n a filter add dev v0 ingress handle 1 protocol ip
tc -n a filter add dev v0 ingress protocol nope u32
tc -n a filter add dev v0 ingress pref zz u32
tc -n a filter add dev v0 ingress chain zz u32
tc -n a filter add dev v0 ingress parent zz u32
tc -n a filter add dev v0 ingress handle 1 handle 2 u32
tc -n a filter add dev v0 ingress protocol ip protocol ip u32
tc -n a filter add dev v0 ingress chain 1 chain 2 u32
tc -n a filter add dev v0 ingress nosuchkind
tc -n a filter add dev v0 ingress nosuchkind foo
tc -n a filter add dev v0 ingress flower
tc -n a filter add dev v0 ingress
tc -n a filter del dev v0 ingress u32
tc -n a filter del dev v0 ingress handle 800: u32
tc -n a filter get dev v0 ingress
tc -n a filter get dev v0 protocol ip pref 1 u32
tc -n a filter get ingress protocol ip pref 1 u32
tc -n a filter get dev v0 ingress protocol ip pref 1
tc -n a filter get dev v0 ingress protocol ip pref 1 handle 800: u32
tc -n a filter get dev v0 ingress protocol ip pref 1 handle 800: chain 7 u32
tc -n a filter help
