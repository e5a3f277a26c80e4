#: task tftp
ip netns exec host nft add rule ip f postrouting udp dport 69 drop
