ip netns add a
ip -n a link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02
tc -n a qdisc add dev v0 clsact
tc -n a filter add dev v0 egress bpf
tc -n a filter add dev v0 egress bpf da bytecode '1,6 0 0 0,' classid 1:2
tc -n a filter add dev v0 egress pref 4 bpf da bytecode '1,6 0 0 0,'
tc -n a filter add dev v0 egress pref 4 handle 0x5 bpf da bytecode '1,6 0 0 0,'
tc -n a filter add dev v0 egress pref 4 handle 0x5 bpf da bytecode '1,6 0 0 0,'
tc -n a filter replace dev v0 egress pref 4 handle 0x5 bpf bytecode '2,48 0 0 22,22 0 0 0'
tc -n a filter del dev v0 egress pref 4 handle 0x1 bpf
tc -n a filter del dev v0 egress pref 4 handle 0x9 bpf
tc -n a filter add dev v0 egress bpf da skip_sw bytecode '1,6 0 0 0,'
tc -n a filter add dev v0 egress bpf da skip_hw bytecode '1,6 0 0 0,'
tc -n a filter add dev v0 egress bpf da skip_sw skip_hw bytecode '1,6 0 0 0,'
tc -n a filter add dev v0 egress bpf bytecode-file /nonexistent da
tc -n a filter add dev v0 egress bpf object-file /nonexistent da
tc -n a filter add dev v0 egress bpf da bytecode '0,'
tc -n a filter add dev v0 egress bpf da bytecode '1,6 0 0 0,6 0 0 0,'
tc -n a filter add dev v0 egress bpf da bytecode '1,6 0 0,'
tc -n a filter add dev v0 egress bpf da bytecode '1,6 0 0 0' foo
tc -n a filter add dev v0 egress bpf da bytecode
tc -n a filter add dev v0 egress bpf foo
tc -n a filter show dev v0 egress
tc -n a filter add dev v0 ingress pref 9 bpf run bytecode '1,6 0 0 4294967295,' direct-action classid 1:2
tc -n a filter add dev v0 ingress pref 9 bpf bc '1,6 0 0 4294967295' flowid 3:4 action mirred egress mirror dev v1 action mirred egress redirect dev v1
tc -n a filter add dev v0 ingress pref 9 bpf bytecode '1,6 0 0 4294967296,'
tc -n a filter add dev v0 ingress pref 9 bpf bytecode ' 1,6 0 0 1,'
tc -n a filter add dev v0 ingress pref 9 bpf bytecode '1, 6  0	0 1 junk,'
tc -n a filter add dev v0 ingress pref 9 bpf bytecode '4097,6 0 0 1,'
tc -n a filter add dev v0 ingress pref 9 bpf bytecode '2,0 0 0 5,4 0 0 1,'
tc -n a filter add dev v0 ingress pref 9 bpf bytecode '2,52 0 0 0,6 0 0 1,'
tc -n a filter add dev v0 ingress pref 9 bpf bytecode '2,100 0 0 32,6 0 0 1,'
tc -n a filter add dev v0 ingress pref 9 bpf bytecode '2,96 0 0 1,6 0 0 1,'
tc -n a filter add dev v0 ingress pref 9 bpf bytecode '3,2 0 0 1,96 0 0 1,6 0 0 1,'
tc -n a filter add dev v0 ingress pref 9 bpf bytecode '2,2 0 0 16,6 0 0 1,'
tc -n a filter add dev v0 ingress pref 9 bpf bytecode '2,5 0 0 1,6 0 0 1,'
tc -n a filter add dev v0 ingress pref 9 bpf bytecode '2,32 0 0 4294963264,6 0 0 1,'
tc -n a filter add dev v0 ingress pref 9 bpf bytecode '2,32 0 0 4294963265,6 0 0 1,'
tc -n a filter add dev v0 ingress pref 9 handle 0x77 bpf bytecode '2,48 0 0 4293918720,6 0 0 1,'
tc -n a filter add dev v0 ingress pref 9 handle zz bpf bytecode '1,6 0 0 1,'
tc -n a filter add dev v0 ingress pref 9 bpf action mirred egress mirror dev v1
tc -n a filter add dev v0 ingress pref 9 bpf da skip_hw bytecode '1,6 0 0 1,'
tc -n a filter add dev v0 ingress pref 9 bpf classid zz bytecode '1,6 0 0 1,'
tc -n a filter add dev v0 ingress pref 9 bpf help
tc -n a -s filter show dev v0 ingress
tc -n a -r filter show dev v0 ingress
tc -n a -s -o filter show dev v0 ingress
