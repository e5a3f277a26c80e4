# A container's packets are put into the overlay by tc: from vh, the host's end of its cable, to vx and back.
ip netns add pod
ip netns add a
ip netns add b
ip netns exec pod sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add p0 netns pod address 02:00:00:00:00:05 type veth peer name vh netns a address 02:00:00:00:00:06
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n pod link set p0 up
ip -n a link set vh up
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
ip -n pod addr add 10.5.0.9/24 dev p0
ip -n b addr add 10.5.0.2/24 dev vx
ip -n pod neigh add 10.5.0.2 lladdr 02:00:00:00:01:02 dev p0
ip -n b neigh add 10.5.0.9 lladdr 02:00:00:00:00:05 dev vx

tc -n a qdisc add dev vh clsact
tc -n a qdisc add dev vx clsact
tc -n a qdisc add dev v0 clsact
tc -n a filter add dev vh ingress protocol ip pref 10 u32 match ip dst 10.5.0.2/32 action mirred egress redirect dev vx
tc -n a filter add dev vx ingress protocol ip pref 10 u32 match ip dst 10.5.0.9/32 action mirred egress redirect dev vh
tc -n a filter add dev vx egress pref 10 bpf da bytecode '1,6 0 0 0,'
tc -n a filter add dev v0 egress pref 10 bpf da bytecode '1,6 0 0 0,'
ip netns exec a nft -f - <<'X'
table netdev t {
	chain overlay { type filter hook egress device "vx" priority filter; ip daddr 10.5.0.0/24 counter; }
	chain underlay { type filter hook egress device "v0" priority filter; ip daddr 192.0.2.0/24 counter; }
}
X

ip netns exec pod ping -c 1 -W 1 10.5.0.2
