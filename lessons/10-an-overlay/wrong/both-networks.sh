#: task dns
ip netns exec a nft add table ip f
ip netns exec a nft 'add chain ip f output { type filter hook output priority filter; }'
ip netns exec a nft add rule ip f output udp dport 53 drop
