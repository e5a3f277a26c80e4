# The same host, later: eth0 sends all day, and a policy for what leaves by eth1 hangs at both.
ip netns add host
ip netns add left
ip netns add right
ip netns add elsewhere
ip netns exec host sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec left sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec right sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec elsewhere sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add eth0 netns host address 02:00:00:00:00:01 type veth peer name wire netns left address 02:00:00:00:00:02
ip link add eth1 netns host address 02:00:00:00:00:03 type veth peer name wire netns right address 02:00:00:00:00:04
ip link add far netns elsewhere type bridge
ip -n host link set eth0 up
ip -n host link set eth1 up
ip -n left link set wire up
ip -n right link set wire up
ip -n host addr add 10.0.0.1/24 dev eth0
ip -n host addr add 10.0.1.1/24 dev eth1
ip -n left addr add 10.0.0.2/24 dev wire
ip -n right addr add 10.0.1.2/24 dev wire
ip -n host neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0
ip -n host neigh add 10.0.1.2 lladdr 02:00:00:00:00:04 dev eth1
ip -n left neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev wire
ip -n right neigh add 10.0.1.1 lladdr 02:00:00:00:00:03 dev wire

tc -n host qdisc add dev eth0 clsact
tc -n host filter add dev eth0 egress bpf da bytecode '1,6 0 0 0,'

ip netns exec host nft -f - <<'X'
table netdev limits {
	chain leaves {
		type filter hook egress devices = { "eth0", "eth1" } priority filter;
		oifname "eth1" udp dport 53 drop
	}
}
X

ip netns exec host ping -c 1 -W 1 10.0.0.2
