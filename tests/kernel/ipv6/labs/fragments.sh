# Fragments: made behind POSTROUTING, put together behind INPUT.
ip netns add a
ip netns add b
ip netns exec a sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0
ip -n a link set lo up
ip netns exec b sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0
ip -n b link set lo up
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a addr add 2001:db8::1/64 dev v0
ip -n b addr add 2001:db8::2/64 dev v1
sleep 3
ip netns exec a nft -f - <<N
table ip6 h {
	chain out {
		type filter hook output priority 0;
		icmpv6 type echo-request counter
		exthdr frag exists counter
	}
	chain post {
		type filter hook postrouting priority 0;
		icmpv6 type echo-request counter
		exthdr frag exists counter
	}
	chain in {
		type filter hook input priority 0;
		icmpv6 type echo-reply counter
		exthdr frag exists counter
		frag frag-off 0 counter
		frag more-fragments 1 counter
	}
}
table netdev d {
	chain e {
		type filter hook egress device "v0" priority 0;
		icmpv6 type echo-request counter
		ip6 nexthdr ipv6-frag counter
		frag nexthdr ipv6-icmp counter
		frag frag-off 0 counter
		frag more-fragments 0 counter
	}
}
N
ip netns exec a ping -c 1 -s 1452 2001:db8::2
ip netns exec a ping -c 1 -s 1453 2001:db8::2
ip netns exec a ping -c 1 -s 5000 2001:db8::2
ip netns exec a ping -c 1 -s 65487 2001:db8::2
ip netns exec a ping -c 1 -s 65488 2001:db8::2
ip netns exec a nft list ruleset
ip -n a link set v0 mtu 1280
ip netns exec a ping -c 1 -s 1400 2001:db8::2
ip -n a link set v0 mtu 1279
ip netns exec a ping -c 1 -s 100 2001:db8::2
ip -n a addr show dev v0
ip -n a link set v0 mtu 1280
ip -n a -6 addr show dev v0
