#: task dns
ip netns exec host nft 'add chain ip router output { type filter hook output priority filter; }'
ip netns exec host nft add rule ip router output udp dport 53 drop
