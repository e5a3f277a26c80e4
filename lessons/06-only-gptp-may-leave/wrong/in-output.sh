#: task only-gptp
ip netns exec talker nft add rule ip f output drop
