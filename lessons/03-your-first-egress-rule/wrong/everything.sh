#: task tftp
ip netns exec host nft add rule netdev t leaves drop
