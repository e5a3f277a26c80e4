# A router. Two programs keep tables of their own at its forward hook: a gateway, and a guard that came later.
ip netns add inside
ip netns add router
ip netns add outside
ip netns exec inside sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec router sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec outside sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add eth0 netns inside address 02:00:00:00:00:01 type veth peer name lan netns router address 02:00:00:00:00:02
ip link add wan netns router address 02:00:00:00:00:03 type veth peer name eth0 netns outside address 02:00:00:00:00:04
ip -n inside link set eth0 up
ip -n router link set lan up
ip -n router link set wan up
ip -n outside link set eth0 up
ip -n inside addr add 10.0.1.2/24 dev eth0
ip -n router addr add 10.0.1.1/24 dev lan
ip -n router addr add 10.0.2.1/24 dev wan
ip -n outside addr add 10.0.2.2/24 dev eth0
ip -n inside route add default via 10.0.1.1
ip -n outside route add default via 10.0.2.1
ip -n inside neigh add 10.0.1.1 lladdr 02:00:00:00:00:02 dev eth0
ip -n router neigh add 10.0.1.2 lladdr 02:00:00:00:00:01 dev lan
ip -n router neigh add 10.0.2.2 lladdr 02:00:00:00:00:04 dev wan
ip -n outside neigh add 10.0.2.1 lladdr 02:00:00:00:00:03 dev eth0
ip netns exec router sysctl -qw net.ipv4.ip_forward=1

ip netns exec router nft -f - <<'X'
table ip gateway {
	chain forward {
		type filter hook forward priority filter; policy drop;
		iifname "lan" accept
		ct state established accept
	}
}
table ip guard {
	chain forward {
		type filter hook forward priority filter + 10; policy accept;
		iifname "wan" counter drop
	}
}
X

ip netns exec inside ping -c 1 -W 1 10.0.2.2
