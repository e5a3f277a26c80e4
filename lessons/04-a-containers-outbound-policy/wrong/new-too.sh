#: task answers
ip netns exec host nft add rule ip f forward ct state { new, established } ip protocol tcp accept
