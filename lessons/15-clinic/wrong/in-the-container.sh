#: task port
ip netns exec host nft delete chain netdev limits sent_by_a
ip netns exec a nft add chain inet own output '{ type filter hook output priority filter; }'
ip netns exec a nft add rule inet own output udp dport 53 drop
