#: task printer
ip netns add printer
ip link add p0 netns printer type veth peer name lan1 netns host
ip -n printer link set p0 up
ip -n host link set lan1 up
ip -n printer addr add 10.0.2.2/24 dev p0
ip -n host addr add 10.0.2.1/24 dev lan1
ip netns exec host nft add chain netdev t to_printer '{ type filter hook ingress device "lan1" priority filter; policy drop; }'
ip netns exec host nft add rule netdev t to_printer ether type arp accept
ip netns exec host nft add rule netdev t to_printer icmp type echo-request accept
