#: task police
ip netns exec router nft add rule netdev edge arrives ip saddr 192.0.2.2 icmp type echo-reply drop
