#: task bench
ip netns add bench
ip netns add ground
ip link add foo netns bench address 02:00:00:00:00:0a type veth peer name sink netns ground address 02:00:00:00:00:0b
ip -n bench link set foo up
ip -n ground link set sink up
