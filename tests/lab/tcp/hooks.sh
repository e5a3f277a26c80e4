# A connection with data one way, and one with data the other way, counted at every hook of the server.
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
ip netns exec b tc qdisc add dev vb clsact
ip netns exec b nft -f - <<'X'
table netdev t {
  chain i { type filter hook ingress device vb priority 0; ip protocol tcp counter; }
  chain e { type filter hook egress device vb priority 0; ip protocol tcp counter; }
}
table ip t {
  chain pre { type filter hook prerouting priority 0; meta l4proto tcp counter; tcp flags & (syn | ack) == syn counter; tcp flags fin counter; tcp flags psh counter; }
  chain in { type filter hook input priority 0; meta l4proto tcp counter; }
  chain out { type filter hook output priority 0; meta l4proto tcp counter; tcp flags & (syn | ack) == (syn | ack) counter; tcp flags fin counter; tcp flags psh counter; }
  chain post { type filter hook postrouting priority 0; meta l4proto tcp counter; }
}
X
ip netns exec b nc -l 80 &
sleep 0.2
ip netns exec a nc -N 10.0.0.2 80 <<'X'
GET / HTTP/1.0
X
sleep 0.2
ip netns exec b nft list ruleset
ip netns exec b tc -s qdisc show dev vb
ip netns exec b nc -l -N 81 <<'X' &
220 ready
X
sleep 0.2
ip netns exec a nc 10.0.0.2 81
sleep 0.2
ip netns exec b nft list ruleset
ip netns exec a nc -z 10.0.0.2 82
ip netns exec b nft list table netdev t
