# A SYN that OUTPUT drops is repeated as if it were lost.
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
table ip t {
  chain o { type filter hook output priority 0; tcp dport 80 counter drop; }
  chain p { type filter hook postrouting priority 0; tcp dport 81 counter drop; }
}
X
ip netns exec a nc -v -w 4 10.0.0.2 80
ip netns exec a nc -v -w 2 10.0.0.2 81
ip netns exec a nft list ruleset
