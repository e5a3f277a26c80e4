#: task gold
ip link add gold0 netns node type veth peer name f2 netns far address 02:00:00:00:00:02
ip -n node link set gold0 up
ip -n far link set f2 up
ip netns exec far nft add rule netdev t fast udp dport 123 meta mark set 8
tc -n node filter add dev eth0 egress protocol ip pref 20 bpf bytecode '4,32 0 0 4294963220,21 0 1 8,6 0 0 4294967295,6 0 0 0' action mirred egress redirect dev gold0
