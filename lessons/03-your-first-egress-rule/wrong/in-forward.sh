#: task tftp
ip netns exec host nft add rule ip f forward udp dport 69 drop
