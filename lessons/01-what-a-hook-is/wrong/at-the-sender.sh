#: task refuse
ip netns exec left nft add rule netdev t leaves icmp type echo-request drop
