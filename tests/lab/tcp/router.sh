# Through a router that filters by port, and one that has no way.
ip netns add a
ip netns add r
ip netns add b
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec r sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add va netns a type veth peer name ra netns r
ip link add vb netns b type veth peer name rb netns r
ip -n a addr add 10.0.1.2/24 dev va
ip -n r addr add 10.0.1.1/24 dev ra
ip -n r addr add 10.0.2.1/24 dev rb
ip -n b addr add 10.0.2.2/24 dev vb
ip -n a link set va up
ip -n r link set ra up
ip -n r link set rb up
ip -n b link set vb up
ip -n a route add default via 10.0.1.1
ip -n b route add default via 10.0.2.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
sleep 1
ip netns exec r nft -f - <<'X'
table ip t {
  chain f { type filter hook forward priority 0; tcp dport 80 counter accept; tcp sport 80 counter accept; tcp dport 81 counter reject with tcp reset; tcp dport 82 counter reject with icmp type port-unreachable; tcp dport 83 counter drop; ip protocol tcp counter; }
}
table netdev t { chain e { type filter hook egress device rb priority 0; tcp dport 80 counter; tcp dport 84 counter drop; }; }
X
ip netns exec b nc -l 80 &
sleep 0.2
ip netns exec a nc -N -v 10.0.2.2 80 <<'X'
through
X
sleep 0.1
ip netns exec a nc -v 10.0.2.2 81
ip netns exec a nc -v 10.0.2.2 82
ip netns exec a nc -v -w 2 10.0.2.2 83
ip netns exec a nc -v -w 3 10.0.2.2 84
ip netns exec a nc -v 10.0.2.2 85
ip netns exec a nc -v 10.0.9.9 85
ip -n r route add unreachable 10.0.8.0/24
ip netns exec a nc -v 10.0.8.9 85
ip netns exec r nft list ruleset
ip netns exec a nc -v 10.0.2.9 85
