#: task unseen
ip netns exec right nft add rule netdev t arrives udp dport 1812 drop
