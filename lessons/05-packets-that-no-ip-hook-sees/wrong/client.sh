#: task rogue
ip netns exec node nft add rule netdev t leaves udp sport 68 drop
