#: task only-gptp
ip netns exec listener nft add rule netdev avb arrives ether type 0x88f7 ether daddr 01:80:c2:00:00:0e accept
ip netns exec listener nft add rule netdev avb arrives drop
