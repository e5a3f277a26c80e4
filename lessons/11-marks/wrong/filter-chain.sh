#: task steer
ip netns exec node nft add rule ip r out udp dport 80 meta mark set 9
