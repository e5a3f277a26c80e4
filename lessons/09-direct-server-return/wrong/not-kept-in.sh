#: task gate
ip netns exec node nft add rule netdev dsr to_wire ip saddr 10.0.0.100 ether saddr set 02:00:00:00:00:01
