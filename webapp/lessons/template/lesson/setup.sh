# Two namespaces and a cable; a chain and a filter at the egress of v0.
ip netns add a
ip netns add b
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0
ip -n b neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev v1

tc -n a qdisc add dev v0 clsact
tc -n a filter add dev v0 egress pref 10 bpf da bytecode '1,6 0 0 0,'
ip netns exec a nft -f - <<'X'
table netdev t {
	chain out { type filter hook egress device "v0" priority filter; counter; }
}
X

ip netns exec a ping -c 1 -W 1 10.0.0.2
