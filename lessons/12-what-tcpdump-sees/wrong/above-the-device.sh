#: task unseen
ip netns exec left nft add table ip f
ip netns exec left nft 'add chain ip f output { type filter hook output priority filter; }'
ip netns exec left nft add rule ip f output udp dport 1812 drop
