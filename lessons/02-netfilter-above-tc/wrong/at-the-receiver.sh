#: task off-the-record
ip netns exec right nft add rule netdev t arrives udp dport 5004 drop
