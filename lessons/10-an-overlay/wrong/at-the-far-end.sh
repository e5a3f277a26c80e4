#: task dns
ip netns exec b nft add rule netdev t inside udp dport 53 drop
