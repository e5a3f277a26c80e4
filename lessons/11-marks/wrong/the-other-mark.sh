#: task steer
ip netns exec node nft 'add chain ip r steer { type route hook output priority mangle; }'
ip netns exec node nft add rule ip r steer udp dport 80 meta mark set 7
