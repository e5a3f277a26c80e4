#: task dns
ip netns exec host nft add rule netdev police to_container udp dport 53 drop

#: task witness
ip netns add witness
ip link add tap0 netns witness type veth peer name mon0 netns host
ip -n witness link set tap0 up
ip -n host link set mon0 up
ip netns exec host nft insert rule netdev police from_wire ip daddr 10.0.0.3 dup to "mon0"
ip netns exec host nft 'add chain netdev police to_witness { type filter hook egress device "mon0" priority filter; }'
ip netns exec host nft add rule netdev police to_witness icmp type echo-request counter
