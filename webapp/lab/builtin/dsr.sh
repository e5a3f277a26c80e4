# Direct Server Return on one node: the balancer rewrites the destination MAC at the
# egress of the backend's veth; the backend answers past the balancer.
ip netns add client
ip netns add lb
ip netns add backend
ip netns exec client sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec lb sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec backend sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add cl netns client address 02:00:00:00:00:01 type veth peer name front netns lb address 02:00:00:00:00:02
ip link add back netns lb address 02:00:00:00:00:03 type veth peer name srv netns backend address 02:00:00:00:00:04
ip -n client link set cl up
ip -n lb link set front up
ip -n lb link set back up
ip -n backend link set srv up
ip -n backend link set lo up
ip -n client addr add 10.0.0.1/24 dev cl
ip -n backend addr add 10.0.0.100/24 dev srv
ip -n client neigh add 10.0.0.100 lladdr 02:00:00:00:00:02 dev cl
ip -n backend neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev srv

ip netns exec lb nft -f - <<'X'
table netdev dsr {
	chain arrive { type filter hook ingress device "front" priority filter; ip daddr 10.0.0.100 counter fwd to "back"; }
	chain to_backend { type filter hook egress device "back" priority filter; ip daddr 10.0.0.100 counter ether daddr set 02:00:00:00:00:04; }
	chain leave { type filter hook ingress device "back" priority filter; ip saddr 10.0.0.100 counter fwd to "front"; }
}
X

ip netns exec client ping -c 1 -W 1 10.0.0.100
ip netns exec lb nft list ruleset
