#: task dns
ip netns exec a nft add rule netdev t underlay udp dport 53 drop
