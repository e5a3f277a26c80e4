# Refused by ICMP and by reset, on either side.
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
ip netns exec b nft -f - <<'X'
table ip t {
  chain i { type filter hook input priority 0; tcp dport 80 counter reject; tcp dport 81 counter reject with tcp reset; tcp dport 82 counter reject with icmp type admin-prohibited; tcp dport 83 counter reject with icmp type host-unreachable; tcp dport 84 counter reject with icmp type net-unreachable; }
}
X
ip netns exec a nft -f - <<'X'
table ip t {
  chain o { type filter hook output priority 0; tcp dport 90 counter reject; tcp dport 91 counter reject with tcp reset; }
  chain i { type filter hook input priority 0; tcp sport 92 counter reject; }
}
X
ip netns exec a nc -v -w 2 10.0.0.2 80
ip netns exec a nc -v -w 2 10.0.0.2 81
sleep 2
ip netns exec a nc -v -w 2 10.0.0.2 82
ip netns exec a nc -v -w 2 10.0.0.2 83
ip netns exec a nc -v -w 2 10.0.0.2 84
ip netns exec a nc -v -w 2 10.0.0.2 90
ip netns exec a nc -v -w 2 10.0.0.2 91
ip netns exec b nc -l 92 &
sleep 0.2
ip netns exec a nc -v -w 2 10.0.0.2 92
ip netns exec a nft list ruleset
ip netns exec b nft list ruleset
