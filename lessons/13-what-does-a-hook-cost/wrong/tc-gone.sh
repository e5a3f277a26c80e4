#: task spare
tc -n host qdisc del dev eth0 clsact
ip netns exec host nft add chain netdev limits by_eth1 '{ type filter hook egress device "eth1" priority filter; }'
ip netns exec host nft add rule netdev limits by_eth1 udp dport 53 drop
ip netns exec host nft delete chain netdev limits leaves
