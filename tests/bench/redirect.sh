# The redirect lab of the commit, up to its first ping: a tc filter on eth0 redirects to vethh, past nft's egress chain there.
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
ip -n container addr add 10.0.0.3/24 dev vethc
ip -n outside neigh add 10.0.0.3 lladdr 02:00:00:00:00:04 dev wire
ip -n container neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev vethc
tc -n host qdisc add dev eth0 clsact
tc -n host qdisc add dev vethh clsact
tc -n host filter add dev eth0 ingress protocol ip pref 10 u32 match ip dst 10.0.0.3/32 action mirred egress redirect dev vethh
tc -n host filter add dev vethh egress pref 10 bpf da bytecode '1,6 0 0 0,'
tc -n host filter add dev vethh ingress protocol ip pref 10 u32 match ip dst 10.0.0.2/32 action mirred egress redirect dev eth0
ip netns exec host nft -f - <<'X'
table netdev t {
	chain i { type filter hook ingress device "eth0" priority filter; counter; }
	chain e { type filter hook egress device "vethh" priority filter; counter; }
}
X
ip netns exec outside ping -c 1 -W 1 10.0.0.3
