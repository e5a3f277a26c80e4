#: task dns
ip netns exec container nft add rule netdev own arrives udp dport 53 drop
