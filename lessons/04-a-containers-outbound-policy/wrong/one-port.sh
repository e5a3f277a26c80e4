#: task second
ip netns add second
ip link add v2c netns second type veth peer name v2h netns host
ip -n second link set v2c up
ip -n host link set v2h up
ip -n second addr add 10.0.2.2/24 dev v2c
ip -n host addr add 10.0.2.1/24 dev v2h
ip -n second route add default via 10.0.2.1
ip netns exec host nft add chain netdev police second '{ type filter hook ingress device "v2h" priority 0; }'
ip netns exec host nft add rule netdev police second udp dport 80 drop
