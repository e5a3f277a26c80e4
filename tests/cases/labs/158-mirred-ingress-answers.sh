# what the input hook answers goes back to mirred, which counts it as overlimits
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0
ip -n b neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev v1
ip netns add s
ip netns exec s sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add sp netns b address 02:00:00:00:00:03 type veth peer name in netns s address 02:00:00:00:00:04
ip -n b link set sp up
ip -n s link set in up
ip netns exec b nft -f - <<'X'
table ip f {
	chain in { type filter hook input priority 0; iifname "sp" udp dport 53 counter drop; iifname "sp" udp dport 80 counter reject; iifname "sp" counter; }
}
X
tc -n b qdisc add dev v1 clsact
tc -n b filter add dev v1 ingress protocol ip pref 1 u32 match ip protocol 17 0xff action mirred ingress mirror dev sp
ip netns exec a mausezahn v0 -q -c 2 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=1,dp=53"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=1,dp=80"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=1,dp=99"
tc -n b -s filter show dev v1 ingress
ip netns exec b nft list ruleset
ip -n b -s link
