#: task rogue
ip netns exec node nft add rule netdev t leaves ip protocol udp drop
