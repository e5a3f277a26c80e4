#: task tftp
ip netns exec host nft add rule ip f output udp dport 69 drop
