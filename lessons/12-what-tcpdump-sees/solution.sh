#: task unseen
ip netns exec left nft add rule netdev t leaves udp dport 1812 drop

#: task sniffer
ip netns add sniffer
ip link add mon0 netns left type veth peer name tap0 netns sniffer
ip -n left link set mon0 up
ip -n sniffer link set tap0 up
ip netns exec left nft insert rule netdev t leaves udp dport 4242 dup to "mon0"
