#: task detour
ip link add eth1 netns pod address 02:00:00:00:00:05 type veth peer name eth1 netns peer address 02:00:00:00:00:06
ip -n pod link set eth1 up
ip -n peer link set eth1 up
ip -n pod route add 10.0.0.2/32 dev eth1 src 10.0.0.1
