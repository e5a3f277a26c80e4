#: task dns
ip netns exec a nft add rule netdev t underlay udp dport 4789 drop
