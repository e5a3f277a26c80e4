#: task dns
ip netns exec container nft add rule ip own input udp dport 53 drop
