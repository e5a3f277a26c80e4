#: task port
ip netns exec host nft delete chain netdev limits sent_by_a
ip netns exec host nft add chain netdev limits from_a '{ type filter hook ingress device "portb" priority filter; }'
ip netns exec host nft add rule netdev limits from_a udp dport 53 drop
