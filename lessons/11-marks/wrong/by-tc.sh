#: task steer
ip netns exec node nft add rule netdev t classify udp dport 80 meta mark set 7
