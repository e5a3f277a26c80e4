#: task bench
ip netns add bench
ip netns add ground
ip link add foo netns bench address 02:00:00:00:00:0a type veth peer name sink netns ground address 02:00:00:00:00:0b
ip -n bench link set foo up
ip -n ground link set sink up
tc -n bench qdisc add dev foo clsact
tc -n bench filter add dev foo ingress bpf da bytecode '1,6 0 0 0,'
