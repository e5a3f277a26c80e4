#: task rogue
ip netns exec node nft add rule netdev t leaves udp dport { 67, 68 } drop
