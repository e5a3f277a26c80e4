# A host that may not ping out by eth0: a rule in its output chain says so.
ip netns add host
ip netns add outside
ip netns exec host sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec outside sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add eth0 netns host address 02:00:00:00:00:01 type veth peer name wire netns outside address 02:00:00:00:00:02
ip -n host link set eth0 up
ip -n outside link set wire up
ip -n host addr add 10.0.0.1/24 dev eth0
ip -n outside addr add 10.0.0.2/24 dev wire
ip -n host neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0
ip -n outside neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev wire

ip netns exec host nft -f - <<'X'
table inet fw {
	chain input { type filter hook input priority filter; }
	chain output { type filter hook output priority filter; iifname "eth0" icmp type echo-request counter drop; }
}
X

ip netns exec host ping -c 1 -W 1 10.0.0.2
