#: task unseen
ip netns exec right nft add rule ip t input udp dport 1812 drop
