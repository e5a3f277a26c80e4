# IPv6 fragments are put together where connections are tracked, and leave in pieces no longer than those that came.
ip netns add a
ip netns add r
ip netns add b
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec r sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add va netns a address 02:00:00:00:00:01 type veth peer name ra netns r address 02:00:00:00:00:02
ip link add rb netns r address 02:00:00:00:00:03 type veth peer name vb netns b address 02:00:00:00:00:04
ip -n a link set va up
ip -n r link set ra up
ip -n r link set rb up
ip -n b link set vb up
ip netns exec r sysctl -qw net.ipv6.conf.all.forwarding=1
ip netns exec a sysctl -qw net.ipv6.conf.va.addr_gen_mode=1 net.ipv6.conf.va.disable_ipv6=0
ip netns exec r sysctl -qw net.ipv6.conf.ra.addr_gen_mode=1 net.ipv6.conf.ra.disable_ipv6=0
ip netns exec r sysctl -qw net.ipv6.conf.rb.addr_gen_mode=1 net.ipv6.conf.rb.disable_ipv6=0
ip netns exec b sysctl -qw net.ipv6.conf.vb.addr_gen_mode=1 net.ipv6.conf.vb.disable_ipv6=0
ip -n a addr add 2001:db8:a::1/64 dev va nodad
ip -n r addr add 2001:db8:a::ff/64 dev ra nodad
ip -n r addr add 2001:db8:b::ff/64 dev rb nodad
ip -n b addr add 2001:db8:b::1/64 dev vb nodad
ip -n a neigh add 2001:db8:a::ff lladdr 02:00:00:00:00:02 dev va
ip -n r neigh add 2001:db8:a::1 lladdr 02:00:00:00:00:01 dev ra
ip -n r neigh add 2001:db8:b::1 lladdr 02:00:00:00:00:04 dev rb
ip -n b neigh add 2001:db8:b::ff lladdr 02:00:00:00:00:03 dev vb
ip -n a route add default via 2001:db8:a::ff
ip -n b route add default via 2001:db8:b::ff
sleep 3
ip netns exec r nft -f - <<'N'
table ip6 t {
	chain raw {
		type filter hook prerouting priority -450;
		ip6 daddr 2001:db8:b::1 counter
		ip6 daddr 2001:db8:b::1 exthdr frag exists counter
	}
	chain pre {
		type filter hook prerouting priority -300;
		ip6 daddr 2001:db8:b::1 counter
		ip6 daddr 2001:db8:b::1 exthdr frag exists counter
	}
	chain forw {
		type filter hook forward priority 0;
		ct state new counter
		ct state established counter
		ct state invalid counter
		ip6 length > 1500 counter
	}
	chain post {
		type filter hook postrouting priority 0;
		counter
	}
}
table netdev n {
	chain e {
		type filter hook egress device "rb" priority 0;
		ip6 length > 1400 counter
		exthdr frag exists counter
		counter
	}
}
N
ip netns exec a ping -c 1 -W 0.3 -s 3000 2001:db8:b::1
ip netns exec a ping -c 2 -i 0.2 -W 0.3 -s 100 2001:db8:b::1
ip netns exec r nft list ruleset
ip netns exec r nft reset counters
ip -n r link set rb mtu 1400
ip -n b link set vb mtu 1400
ip netns exec a ping -c 1 -W 0.3 -s 3000 2001:db8:b::1
ip netns exec a ping -c 1 -W 0.3 -s 3000 2001:db8:b::1
ip netns exec a ping -c 1 -W 0.3 -s 1400 2001:db8:b::1
ip netns exec r nft list ruleset
ip netns exec r nft delete table ip6 t
ip netns exec a ping -c 1 -W 0.3 -s 3000 2001:db8:b::1
ip netns exec r nft list ruleset
