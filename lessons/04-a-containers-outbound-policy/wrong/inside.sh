#: task second
ip netns add second
ip link add v2c netns second type veth peer name v2h netns host
ip -n second link set v2c up
ip -n host link set v2h up
ip -n second addr add 10.0.2.2/24 dev v2c
ip -n host addr add 10.0.2.1/24 dev v2h
ip -n second route add default via 10.0.2.1
ip netns exec second nft add table netdev own
ip netns exec second nft add chain netdev own leaves '{ type filter hook egress device "v2c" priority 0; policy drop; }'
ip netns exec second nft add rule netdev own leaves ether type arp accept
ip netns exec second nft add rule netdev own leaves icmp type echo-request accept
ip netns exec second nft add rule netdev own leaves udp dport 53 accept
