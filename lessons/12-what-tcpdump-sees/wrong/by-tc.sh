#: task sniffer
ip netns add sniffer
ip link add mon0 netns left type veth peer name tap0 netns sniffer
ip -n left link set mon0 up
ip -n sniffer link set tap0 up
tc -n left filter add dev v0 egress protocol ip pref 5 u32 match u32 0 0 action mirred egress mirror dev mon0
