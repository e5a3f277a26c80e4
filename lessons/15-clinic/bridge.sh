# Two containers on a bridge. Container a may not ask b for names: a chain at its port says so.
ip netns add a
ip netns add host
ip netns add b
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec host sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add eth0 netns a address 02:00:00:00:00:01 type veth peer name porta netns host address 02:00:00:00:00:11
ip link add portb netns host address 02:00:00:00:00:12 type veth peer name eth0 netns b address 02:00:00:00:00:02
ip link add br0 netns host type bridge
ip -n host link set porta master br0
ip -n host link set portb master br0
ip -n host link set br0 up
ip -n host link set porta up
ip -n host link set portb up
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0
ip -n b neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev eth0

ip netns exec host nft -f - <<'X'
table netdev limits {
	chain sent_by_a { type filter hook egress device "porta" priority filter; udp dport 53 counter drop; }
}
X
ip netns exec b nft -f - <<'X'
table inet own {
	chain input { type filter hook input priority filter; udp dport 53 counter; }
}
X
ip netns exec a nft -f - <<'X'
table inet own {
	chain input { type filter hook input priority filter; udp dport 53 counter; }
}
X

ip netns exec a mausezahn eth0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=1000,dp=53"
