#: task dns
ip netns exec host nft add rule netdev police to_container drop
