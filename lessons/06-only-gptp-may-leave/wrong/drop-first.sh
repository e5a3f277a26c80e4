#: task only-gptp
ip netns exec talker nft add rule netdev avb leaves drop
ip netns exec talker nft add rule netdev avb leaves ether type 0x88f7 ether daddr 01:80:c2:00:00:0e accept
