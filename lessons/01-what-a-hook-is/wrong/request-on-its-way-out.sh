#: task refuse
ip netns exec right nft add rule netdev t leaves icmp type echo-request drop
