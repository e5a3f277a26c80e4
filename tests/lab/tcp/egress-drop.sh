# A SYN that netfilter egress drops is repeated every half a second once a repeat was dropped, too.
ip netns add a
ip netns add b
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add va netns a type veth peer name vb netns b
ip -n a addr add 10.0.0.1/24 dev va
ip -n b addr add 10.0.0.2/24 dev vb
ip -n a link set lo up
ip -n a link set va up
ip -n b link set vb up
sleep 1
ip netns exec a nft -f - <<'X'
table netdev t { chain e { type filter hook egress device va priority 0; tcp dport 80 counter drop; }; }
X
ip netns exec a nc -v -w 4 10.0.0.2 80
ip netns exec a nft list ruleset
ip netns exec a tc qdisc add dev va clsact
ip netns exec a tc filter add dev va egress protocol ip pref 1 bpf da bytecode '4,48 0 0 23,21 0 1 6,6 0 0 2,6 0 0 0,'
ip netns exec a nft delete table netdev t
ip netns exec a nc -v -w 4 10.0.0.2 80
ip netns exec a tc -s qdisc show dev va
