#: task dns
ip netns exec host nft add rule ip router forward udp dport 53 drop
