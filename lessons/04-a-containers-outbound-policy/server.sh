# The container serves HTTP at port 80. The host forwards connections to it, and nothing else.
ip netns add container
ip netns add host
ip netns add outside
ip netns exec container sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec host sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec outside sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec host sysctl -qw net.ipv4.ip_forward=1
ip link add vethc netns container address 02:00:00:00:00:04 type veth peer name vethh netns host address 02:00:00:00:00:03
ip link add eth0 netns host address 02:00:00:00:00:01 type veth peer name wire netns outside address 02:00:00:00:00:02
ip -n container link set vethc up
ip -n host link set vethh up
ip -n host link set eth0 up
ip -n outside link set wire up
ip -n container addr add 10.0.1.2/24 dev vethc
ip -n host addr add 10.0.1.1/24 dev vethh
ip -n host addr add 10.0.0.1/24 dev eth0
ip -n outside addr add 10.0.0.2/24 dev wire
ip -n container route add default via 10.0.1.1
ip -n outside route add default via 10.0.0.1
ip -n container neigh add 10.0.1.1 lladdr 02:00:00:00:00:03 dev vethc
ip -n host neigh add 10.0.1.2 lladdr 02:00:00:00:00:04 dev vethh
ip -n host neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0
ip -n outside neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev wire

ip netns exec host nft -f - <<'X'
table ip f {
	chain forward {
		type filter hook forward priority filter; policy drop;
		iifname "eth0" tcp dport 80 counter accept
	}
}
X

ip netns exec outside ping -c 1 -W 1 10.0.0.1
