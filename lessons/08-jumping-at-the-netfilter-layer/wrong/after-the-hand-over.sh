#: task dns
ip netns exec host nft add rule netdev police from_wire udp dport 53 drop
