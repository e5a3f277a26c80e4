#: task gold
ip link add gold0 netns node type veth peer name f2 netns far address 02:00:00:00:00:02
ip -n node link set gold0 up
ip -n far link set f2 up
ip netns exec node nft add rule netdev t classify udp dport 123 meta mark set 8
