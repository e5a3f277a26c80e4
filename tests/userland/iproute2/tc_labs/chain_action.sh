ip netns add a
ip -n a link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02
tc -n a qdisc add dev v0 clsact
tc -n a filter add dev v0 ingress protocol ip pref 7 u32 match ip dst 10.0.0.1 action mirred egress mirror dev v1 continue
tc -n a filter add dev v0 ingress protocol ip pref 8 u32 match ip dst 10.0.0.1 action mirred egress mirror dev v1 goto chain 4
tc -n a filter add dev v0 ingress protocol ip pref 9 u32 match ip dst 10.0.0.1 action mirred egress mirror dev v1 jump 3 index 9
tc -n a filter add dev v0 ingress protocol ip pref 9 u32 match ip dst 10.0.0.1 action mirred egress mirror dev v1 cookie aabb
tc -n a filter add dev v0 ingress protocol ip pref 9 u32 match ip dst 10.0.0.1 action mirred egress mirror dev v1 cookie aab
tc -n a filter add dev v0 ingress protocol ip pref 9 u32 match ip dst 10.0.0.1 action mirred egress mirror dev v1 cookie aabbccddeeff00112233445566778899aa
tc -n a filter add dev v0 ingress protocol ip pref 9 u32 match ip dst 10.0.0.1 action mirred egress mirror dev v1 hw_stats disabled
tc -n a filter add dev v0 ingress protocol ip pref 9 u32 match ip dst 10.0.0.1 action mirred egress mirror dev v1 hw_stats foo
tc -n a filter add dev v0 ingress protocol ip pref 9 u32 match ip dst 10.0.0.1 action mirred egress mirror dev v1 no_percpu
tc -n a filter add dev v0 ingress protocol ip pref 9 u32 match ip dst 10.0.0.1 action mirred egress mirror dev v1 action mirred ingress mirror dev v1 action mirred index 9 action mirred egress redirect dev v0
tc -n a filter add dev v0 ingress protocol ip pref 9 u32 match ip dst 10.0.0.1 action mirred egress mirror dev v1 flowid 1:1
tc -n a filter add dev v0 ingress protocol ip pref 9 u32 match ip dst 10.0.0.1 action mirred egress mirror dev v1 index 9
tc -n a filter add dev v0 ingress protocol ip pref 9 u32 match ip dst 10.0.0.1 action mirred index 9 index 10
tc -n a filter add dev v0 ingress protocol ip pref 9 u32 match ip dst 10.0.0.1 action mirred egress index zz redirect dev v1
tc -n a filter add dev v0 ingress protocol ip pref 9 u32 match ip dst 10.0.0.1 action mirred egress redirect index 12 dev v1
tc -n a filter add dev v0 ingress protocol ip pref 9 u32 match ip dst 10.0.0.1 action mirred egress redirect mirror dev v1
tc -n a filter add dev v0 ingress protocol ip pref 9 u32 match ip dst 10.0.0.1 action mirred egress foo redirect bar dev v1
tc -n a filter add dev v0 ingress protocol ip pref 9 u32 match ip dst 10.0.0.1 action mirred egress dev v1
tc -n a filter add dev v0 ingress protocol ip pref 9 u32 match ip dst 10.0.0.1 action mirred egress redirect dev v1 index 13
tc -n a filter add dev v0 ingress protocol ip pref 9 u32 match ip dst 10.0.0.1 action mirred egress redirect dev v1 action
tc -n a filter add dev v0 ingress protocol ip pref 9 u32 match ip dst 10.0.0.1 action mirred egress redirect dev v1 help
tc -n a filter add dev v0 ingress protocol ip pref 9 u32 match ip dst 10.0.0.1 action mirred help
tc -n a filter add dev v0 ingress protocol ip pref 9 u32 match ip dst 10.0.0.1 action mirred redirect dev v1
tc -n a -s filter show dev v0 ingress
tc -n a action show action mirred
tc -n a -s action list action mirred
tc -n a action get action mirred index 4
tc -n a filter show dev v0 ingress pref 9
tc -n a action get action mirred index 4
tc -n a action del action mirred index 4
tc -n a action del action mirred index 99
tc -n a action flush action mirred
tc -n a action add action mirred egress redirect dev v1 index 77
tc -n a action add action mirred egress redirect dev v1 index 77
tc -n a action replace action mirred egress mirror dev v1 index 77
tc -n a action ls action mirred
tc -n a action del action mirred index 77
tc -n a chain show dev v0 ingress
tc -n a chain add dev v0 ingress chain 9
tc -n a chain add dev v0 ingress chain 9
tc -n a chain show dev v0 ingress
tc -n a chain get dev v0 ingress chain 9
tc -n a chain del dev v0 ingress chain 9
tc -n a chain del dev v0 ingress chain 9
tc -n a chain show dev v0 ingress
tc -n a chain show dev v0 ingress
tc -n a chain foo
tc -n a action foo
tc -n a action add action mirred egress mirror dev v1 goto chain 3
tc -n a action add action mirred egress mirror dev v1 cookie 1234
tc -n a action get action mirred index 9999
tc -n a chain add dev v0 egress chain 2 tcindex
tc -n a chain add dev v0 egress chain 2 u32
tc -n a chain add dev v0 egress chain 2
tc -n a filter add dev v0 egress chain 2 u32 match u32 0 0
tc -n a chain del dev v0 egress chain 2
tc -n a filter show dev v0 egress
tc -n a chain add dev v0 egress chain 4294967295
tc -n a chain show dev v0
tc -n a chain get dev v0 egress chain 77
tc -n a chain get dev v0 chain 77
tc -n a chain help
tc -n a action get action mirred
tc -n a action get action mirred index zz
tc -n a action delete action mirred index 4
tc -n a action add
tc -n a action add action
tc -n a action help
