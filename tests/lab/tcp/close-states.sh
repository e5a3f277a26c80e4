# FIN lost, and late packets for a connection in TIME_WAIT.
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
table netdev t { chain i { type filter hook ingress device vb priority 0; tcp flags fin counter drop; ip protocol tcp counter; }; chain e { type filter hook egress device vb priority 0; ip protocol tcp counter; }; }
X
ip netns exec b nc -l 80 &
sleep 0.2
ip netns exec a nc -v -N -w 1 10.0.0.2 80
ip netns exec b nft list ruleset
ip netns exec b nft flush ruleset
sleep 2
ip netns exec a nft -f - <<'X'
table netdev t { chain i { type filter hook ingress device va priority 0; tcp flags fin counter drop; ip protocol tcp counter; }; chain e { type filter hook egress device va priority 0; ip protocol tcp counter; }; }
X
ip netns exec b nc -l 81 &
sleep 0.2
ip netns exec a nc -v -N -w 1 10.0.0.2 81
sleep 1
ip netns exec a nft list ruleset
