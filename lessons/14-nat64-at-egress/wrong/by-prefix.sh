#: task police
ip netns exec router nft add rule netdev edge leaves ip6 daddr 64:ff9b::c000:202 drop
