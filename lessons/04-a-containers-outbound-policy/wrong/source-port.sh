#: task answers
ip netns exec host nft add rule ip f forward iifname "vethh" tcp sport 80 accept
