# host is a router between guest and outside. It has a chain at each of its own IP hooks on the way out, and one at the
# egress of eth0. All of them count.
ip netns add guest
ip netns add host
ip netns add outside
ip netns exec guest sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec host sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec outside sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec host sysctl -qw net.ipv4.ip_forward=1
ip link add g0 netns guest address 02:00:00:00:00:01 type veth peer name lan0 netns host address 02:00:00:00:00:02
ip link add eth0 netns host address 02:00:00:00:00:03 type veth peer name wire netns outside address 02:00:00:00:00:04
ip -n guest link set g0 up
ip -n host link set lan0 up
ip -n host link set eth0 up
ip -n outside link set wire up
ip -n guest addr add 10.0.1.2/24 dev g0
ip -n host addr add 10.0.1.1/24 dev lan0
ip -n host addr add 10.0.0.1/24 dev eth0
ip -n outside addr add 10.0.0.2/24 dev wire
ip -n guest route add default via 10.0.1.1
ip -n outside route add default via 10.0.0.1
ip -n guest neigh add 10.0.1.1 lladdr 02:00:00:00:00:02 dev g0
ip -n host neigh add 10.0.1.2 lladdr 02:00:00:00:00:01 dev lan0
ip -n host neigh add 10.0.0.2 lladdr 02:00:00:00:00:04 dev eth0
ip -n outside neigh add 10.0.0.1 lladdr 02:00:00:00:00:03 dev wire

ip netns exec host nft -f - <<'X'
table netdev t {
	chain leaves { type filter hook egress device "eth0" priority filter; counter; }
}
table ip f {
	chain output { type filter hook output priority filter; counter; }
	chain forward { type filter hook forward priority filter; counter; }
	chain postrouting { type filter hook postrouting priority filter; counter; }
}
X

ip netns exec host ping -c 1 -W 1 10.0.0.2
