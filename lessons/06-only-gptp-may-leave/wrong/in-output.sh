#: task only-gptp
ip netns exec talker nft add rule ip f output drop
ip netns exec talker nft add rule netdev avb leaves ether type arp drop
