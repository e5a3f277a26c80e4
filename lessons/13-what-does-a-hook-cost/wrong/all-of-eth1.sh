#: task spare
ip netns exec host nft delete chain netdev limits leaves
ip netns exec host nft add chain netdev limits by_eth1 '{ type filter hook egress device "eth1" priority filter; policy drop; }'
