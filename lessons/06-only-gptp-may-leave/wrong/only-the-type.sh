#: task only-gptp
ip netns exec talker nft add rule netdev avb leaves ether type 0x88f7 accept
ip netns exec talker nft add rule netdev avb leaves drop
