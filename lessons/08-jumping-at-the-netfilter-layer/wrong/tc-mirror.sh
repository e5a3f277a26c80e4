#: task witness
ip netns add witness
ip link add tap0 netns witness type veth peer name mon0 netns host
ip -n witness link set tap0 up
ip -n host link set mon0 up
tc -n host filter add dev vethh egress protocol ip pref 5 u32 match u32 0 0 action mirred egress mirror dev mon0
ip netns exec host nft 'add chain netdev police to_witness { type filter hook egress device "mon0" priority filter; }'
ip netns exec host nft add rule netdev police to_witness icmp type echo-request counter
