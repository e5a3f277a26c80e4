#: task unseen
ip netns exec left nft add rule netdev t leaves meta l4proto udp drop
