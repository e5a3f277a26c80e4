#: task refuse
ip netns exec right nft add rule netdev t arrives icmp type echo-request drop

#: task third
ip netns add third
ip link add v2 netns third type veth peer name v3 netns right
ip -n third link set v2 up
ip -n right link set v3 up
ip -n third addr add 10.0.1.3/24 dev v2
ip -n right addr add 10.0.1.2/24 dev v3
ip netns exec right nft add chain netdev t from_third '{ type filter hook ingress device "v3" priority filter; }'
ip netns exec right nft add rule netdev t from_third ip saddr 10.0.1.3 counter
