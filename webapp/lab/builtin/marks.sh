# netfilter and tc talk through skb->mark: nft egress marks what a tc filter then redirects.
# The mark ends where the packet leaves its namespace.
ip netns add a
ip netns add b
ip netns add c
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec c sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add ab netns a address 02:00:00:00:00:01 type veth peer name ba netns b address 02:00:00:00:00:02
ip link add ac netns a address 02:00:00:00:00:03 type veth peer name ca netns c address 02:00:00:00:00:04
ip -n a link set ab up
ip -n a link set ac up
ip -n b link set ba up
ip -n c link set ca up
ip -n a addr add 10.0.0.1/24 dev ab
ip -n b addr add 10.0.0.2/24 dev ba
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev ab

tc -n a qdisc add dev ab clsact
tc -n a filter add dev ab egress pref 10 bpf bytecode '4,32 0 0 4294963220,21 0 1 42,6 0 0 4294967295,6 0 0 0,' action mirred egress redirect dev ac
ip netns exec a nft -f - <<'X'
table netdev t {
	chain e { type filter hook egress device "ab" priority filter; udp dport 53 counter meta mark set 0x2a; }
}
X
ip netns exec c nft -f - <<'X'
table netdev t {
	chain i { type filter hook ingress device "ca" priority filter; meta mark 0x2a counter; meta mark 0 counter; }
}
X

ip netns exec a mausezahn ab -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=1000,dp=53"
ip netns exec a mausezahn ab -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=1000,dp=80"
ip netns exec a nft list ruleset
ip netns exec c nft list ruleset
tc -n a -s filter show dev ab egress
