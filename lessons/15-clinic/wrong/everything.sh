#: task detour
ip link add eth1 netns pod address 02:00:00:00:00:05 type veth peer name eth1 netns peer address 02:00:00:00:00:06
ip -n pod link set eth1 up
ip -n peer link set eth1 up
ip netns exec pod nft add table netdev detour
ip netns exec pod nft add chain netdev detour leaves '{ type filter hook egress device "eth0" priority filter; }'
ip netns exec pod nft add rule netdev detour leaves fwd ip to 10.0.0.2 device eth1
