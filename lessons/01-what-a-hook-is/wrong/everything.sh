#: task refuse
ip netns exec right nft add rule netdev t arrives drop
