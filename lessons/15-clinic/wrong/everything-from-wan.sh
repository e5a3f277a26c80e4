#: task replies
ip netns exec router nft insert rule ip guard forward iifname wan accept
ip netns exec router nft add rule ip gateway forward iifname wan accept
