#: task second
ip link add w2 netns web2 address 02:00:00:00:00:06 type veth peer name vweb2 netns node address 02:00:00:00:00:05
ip -n web2 link set w2 up
ip -n node link set vweb2 up
ip -n web2 route add 10.0.0.0/24 dev w2
ip -n web2 neigh add 10.0.0.3 lladdr 02:00:00:00:00:02 dev w2
ip netns exec node nft insert rule netdev dsr from_wire ip saddr 10.0.0.3 ip daddr 10.0.0.100 fwd to "vweb2"
ip netns exec node nft 'add chain netdev dsr from_web2 { type filter hook ingress device "vweb2" priority filter; }'
ip netns exec node nft add rule netdev dsr from_web2 ip daddr 10.0.0.3 fwd to "eth0"
