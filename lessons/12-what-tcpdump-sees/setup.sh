# left sends a query to port 4242, and rewrites the port on the way out; right rewrites it back on the way in.
# tc looks on at both ends.
ip netns add left
ip netns add right
ip netns exec left sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec right sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns left address 02:00:00:00:00:01 type veth peer name v1 netns right address 02:00:00:00:00:02
ip -n left link set v0 up
ip -n right link set v1 up
ip -n left addr add 10.0.0.1/24 dev v0
ip -n right addr add 10.0.0.2/24 dev v1
ip -n left neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0
ip -n right neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev v1

tc -n left qdisc add dev v0 clsact
tc -n right qdisc add dev v1 clsact
tc -n left filter add dev v0 egress pref 10 bpf da bytecode '1,6 0 0 0,'
tc -n right filter add dev v1 ingress pref 10 bpf da bytecode '1,6 0 0 0,'
ip netns exec left nft -f - <<'X'
table netdev t {
	chain leaves { type filter hook egress device "v0" priority filter; udp dport 4242 counter udp dport set 2424; }
}
X
ip netns exec right nft -f - <<'X'
table netdev t {
	chain arrives { type filter hook ingress device "v1" priority filter; udp dport 2424 counter udp dport set 4242; }
}
table ip t {
	chain input { type filter hook input priority filter; meta l4proto udp counter; }
}
X

ip netns exec left mausezahn -q -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=1000,dp=4242"
