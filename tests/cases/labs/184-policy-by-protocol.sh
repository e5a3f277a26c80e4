# Policy rules that look at protocol and source: what fib and connect ask for. A reset does not carry ECN's bits back.
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
ip -n b rule add ipproto icmp unreachable
ip netns exec b nft -f - <<'R'
table ip f {
	chain raw {
		type filter hook prerouting priority -300;
		ip protocol tcp ip dscp set af11
		ip protocol tcp ip ecn set ce
	}
	chain pre {
		type filter hook prerouting priority 0;
		fib saddr oif 0 counter
		fib saddr oif "v1" counter
		fib saddr type unicast counter
	}
	chain out {
		type filter hook output priority 0;
		tcp flags rst ip dscp af11 counter
		tcp flags rst ip ecn ce counter
		tcp flags rst ip ecn not-ect counter
	}
}
R
ip netns exec a ping -c 1 -W 0.3 10.0.0.2
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t tcp "sp=2000,dp=53,flags=fin|ack"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=2000,dp=53"
ip netns exec b nft list ruleset
ip -n a -s link show v0
