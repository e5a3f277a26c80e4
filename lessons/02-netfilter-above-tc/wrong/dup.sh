#: task log
ip netns add log
ip link add l0 netns log type veth peer name l1 netns right
ip -n log link set l0 up
ip -n right link set l1 up
ip netns exec right nft add rule netdev t arrives icmp type echo-request drop
ip netns exec right nft add rule netdev t arrives dup to l1
