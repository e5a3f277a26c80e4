#: task police
ip netns exec router nft add chain netdev edge translated '{ type filter hook egress device "eth0" priority 200; }'
ip netns exec router nft add rule netdev edge translated icmp type echo-request drop
