#: task silence
ip netns exec a nft add rule netdev t out drop
