#: task rogue
ip netns exec net nft add rule netdev t arrives udp sport 67 drop
