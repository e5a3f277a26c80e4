# Two nodes, a cable between them (the underlay), and a vxlan device at each end (the overlay).
ip netns add a
ip netns add b
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a addr add 192.0.2.1/24 dev v0
ip -n b addr add 192.0.2.2/24 dev v1
ip -n a neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev v0
ip -n b neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev v1
ip -n a link add vx address 02:00:00:00:01:01 type vxlan id 7 local 192.0.2.1 remote 192.0.2.2 dstport 4789 dev v0
ip -n b link add vx address 02:00:00:00:01:02 type vxlan id 7 local 192.0.2.2 remote 192.0.2.1 dstport 4789 dev v1
ip -n a link set vx up
ip -n b link set vx up
ip -n a addr add 10.5.0.1/24 dev vx
ip -n b addr add 10.5.0.2/24 dev vx
ip -n a neigh add 10.5.0.2 lladdr 02:00:00:00:01:02 dev vx
ip -n b neigh add 10.5.0.1 lladdr 02:00:00:00:01:01 dev vx

tc -n a qdisc add dev vx clsact
tc -n a qdisc add dev v0 clsact
tc -n a filter add dev vx egress pref 10 bpf da bytecode '1,6 0 0 0,'
tc -n a filter add dev v0 egress pref 10 bpf da bytecode '1,6 0 0 0,'
ip netns exec a nft -f - <<'X'
table netdev t {
	chain overlay { type filter hook egress device "vx" priority filter; ip daddr 10.5.0.0/24 counter; }
	chain underlay { type filter hook egress device "v0" priority filter; ip daddr 192.0.2.0/24 counter; }
}
X
ip netns exec b nft -f - <<'X'
table netdev t {
	chain inside { type filter hook ingress device "vx" priority filter; ip daddr 10.5.0.0/24 counter; }
	chain outside { type filter hook ingress device "v1" priority filter; ip daddr 192.0.2.0/24 counter; }
}
X

ip netns exec a ping -c 1 -W 1 10.5.0.2
