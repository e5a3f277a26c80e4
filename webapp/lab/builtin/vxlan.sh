# An overlay: nft egress meets the inner packet on vx0 and the outer one on eth0, because
# nf_skip_egress is cleared after tc and before the driver of vx0 sends again.
ip netns add a
ip netns add b
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add eth0 netns a address 02:00:00:00:00:01 type veth peer name eth0 netns b address 02:00:00:00:00:02
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a addr add 192.0.2.1/24 dev eth0
ip -n b addr add 192.0.2.2/24 dev eth0
ip -n a neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev eth0
ip -n b neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev eth0
ip -n a link add vx0 address 02:00:00:00:01:01 type vxlan id 42 remote 192.0.2.2 dstport 4789 dev eth0
ip -n b link add vx0 address 02:00:00:00:01:02 type vxlan id 42 remote 192.0.2.1 dstport 4789 dev eth0
ip -n a link set vx0 up
ip -n b link set vx0 up
ip -n a addr add 10.0.0.1/24 dev vx0
ip -n b addr add 10.0.0.2/24 dev vx0
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:01:02 dev vx0
ip -n b neigh add 10.0.0.1 lladdr 02:00:00:00:01:01 dev vx0

tc -n a qdisc add dev vx0 clsact
tc -n a filter add dev vx0 egress pref 10 bpf da bytecode '1,6 0 0 0,'
ip netns exec a nft -f - <<'X'
table netdev t {
	chain overlay { type filter hook egress device "vx0" priority filter; counter; meta mark set 0x7; }
	chain underlay { type filter hook egress device "eth0" priority filter; udp dport 4789 counter; meta mark 0x7 counter; }
}
X

ip netns exec a ping -c 1 -W 1 10.0.0.2
ip netns exec a nft list ruleset
