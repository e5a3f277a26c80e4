# Two cables to the same neighbour. nft marks DNS at the egress of eth0, and tc reads the mark and moves it to slow0.
# Their far ends share one MAC address. A routing rule reads marks, too:
# what carries 9 is routed by slow0.
ip netns add node
ip netns add far
ip netns exec node sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec far sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add eth0 netns node address 02:00:00:00:00:01 type veth peer name f0 netns far address 02:00:00:00:00:02
ip link add slow0 netns node address 02:00:00:00:00:03 type veth peer name f1 netns far address 02:00:00:00:00:02
ip -n node link set eth0 up
ip -n node link set slow0 up
ip -n far link set f0 up
ip -n far link set f1 up
ip -n node addr add 10.0.0.1/24 dev eth0
ip -n far addr add 10.0.0.2/24 dev f0
ip -n node neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0
ip -n node neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev slow0
ip -n far neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev f0
ip -n node route add 10.0.0.2/32 dev slow0 table 50
ip -n node rule add fwmark 9 lookup 50

tc -n node qdisc add dev eth0 clsact
tc -n node qdisc add dev slow0 clsact
tc -n node filter add dev eth0 egress protocol ip pref 10 bpf bytecode '4,32 0 0 4294963220,21 0 1 7,6 0 0 4294967295,6 0 0 0' action mirred egress redirect dev slow0
tc -n node filter add dev slow0 egress pref 10 bpf da bytecode '1,6 0 0 0,'
ip netns exec node nft -f - <<'X'
table netdev t {
	chain classify { type filter hook egress device "eth0" priority filter; udp dport 53 counter meta mark set 7; }
	chain slowly { type filter hook egress device "slow0" priority filter; meta l4proto udp counter; }
}
table ip r {
	chain out { type filter hook output priority mangle; meta l4proto udp counter; }
}
X
ip netns exec far nft -f - <<'X'
table netdev t {
	chain fast { type filter hook ingress device "f0" priority filter; meta l4proto udp meta mark != 0 counter; meta l4proto udp counter; }
	chain slow { type filter hook ingress device "f1" priority filter; meta l4proto udp meta mark != 0 counter; meta l4proto udp counter; }
}
X

ip netns exec node mausezahn -q -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=1000,dp=53"
