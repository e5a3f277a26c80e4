#: task gate
ip netns exec node nft add rule netdev dsr from_web ip saddr 10.0.1.0/24 drop
ip netns exec node nft add rule netdev dsr from_web ether saddr set 02:00:00:00:00:01
