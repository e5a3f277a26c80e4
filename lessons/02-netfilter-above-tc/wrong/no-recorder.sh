#: task off-the-record
tc -n left filter del dev v0 egress pref 10
ip netns exec left nft add rule netdev t leaves udp dport 5004 drop
