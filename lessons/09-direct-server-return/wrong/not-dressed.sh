#: task gate
ip netns exec node nft add rule netdev dsr to_wire ip saddr 10.0.1.0/24 drop
