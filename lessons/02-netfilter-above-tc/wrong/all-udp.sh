#: task off-the-record
ip netns exec left nft add rule netdev t leaves ip protocol udp drop
