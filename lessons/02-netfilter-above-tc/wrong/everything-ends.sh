#: task log
ip netns add log
ip link add l0 netns log type veth peer name l1 netns right
ip -n log link set l0 up
ip -n right link set l1 up
tc -n right filter add dev v1 ingress protocol ip pref 10 u32 match u32 0 0 action mirred egress mirror dev l1
ip netns exec right nft add rule netdev t arrives drop
