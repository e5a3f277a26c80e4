#: task dns
ip netns exec container nft add rule netdev own arrives drop
