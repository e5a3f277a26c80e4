# The machine of the lesson before, with one change: netfilter hands the packets over, not tc.
# tc looks on: it accepts what it sees at both devices' egress.
ip netns add outside
ip netns add host
ip netns add container
ip netns exec outside sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec host sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec container sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add wire netns outside address 02:00:00:00:00:02 type veth peer name eth0 netns host address 02:00:00:00:00:01
ip link add vethh netns host address 02:00:00:00:00:03 type veth peer name vethc netns container address 02:00:00:00:00:04
ip -n outside link set wire up
ip -n host link set eth0 up
ip -n host link set vethh up
ip -n container link set vethc up
ip -n outside addr add 10.0.0.2/24 dev wire
ip -n host addr add 10.0.0.1/24 dev eth0
ip -n host route add 10.0.0.3/32 dev vethh
ip -n container addr add 10.0.0.3/24 dev vethc
ip -n outside neigh add 10.0.0.3 lladdr 02:00:00:00:00:04 dev wire
ip -n host neigh add 10.0.0.3 lladdr 02:00:00:00:00:04 dev vethh
ip -n container neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev vethc
ip -n container neigh add 10.0.0.1 lladdr 02:00:00:00:00:03 dev vethc

tc -n host qdisc add dev eth0 clsact
tc -n host qdisc add dev vethh clsact
tc -n host filter add dev vethh egress pref 10 bpf da bytecode '1,6 0 0 0,'
tc -n host filter add dev eth0 egress pref 10 bpf da bytecode '1,6 0 0 0,'

ip netns exec host nft -f - <<'X'
table netdev police {
	chain from_wire { type filter hook ingress device "eth0" priority filter; ip daddr 10.0.0.3 counter fwd to "vethh"; }
	chain from_container { type filter hook ingress device "vethh" priority filter; ip daddr 10.0.0.2 counter fwd to "eth0"; }
	chain to_container { type filter hook egress device "vethh" priority filter; counter; }
	chain to_wire { type filter hook egress device "eth0" priority filter; counter; }
}
table ip router {
	chain before { type filter hook prerouting priority filter; counter; }
	chain forward { type filter hook forward priority filter; counter; }
}
X
ip netns exec container nft -f - <<'X'
table netdev own {
	chain arrives { type filter hook ingress device "vethc" priority filter; counter; }
}
table ip own {
	chain input { type filter hook input priority filter; counter; }
}
X

ip netns exec outside ping -c 1 -W 1 10.0.0.3
