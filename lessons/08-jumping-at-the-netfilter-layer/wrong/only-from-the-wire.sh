#: task dns
ip netns exec host nft insert rule netdev police from_wire udp dport 53 drop
