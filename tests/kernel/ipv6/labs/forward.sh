# A router: hop limit, packet too big, no route, unreachable routes, redirects; what each hook sees.
ip netns add a
ip netns add r
ip netns add b
ip netns exec a sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0
ip -n a link set lo up
ip netns exec r sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0
ip -n r link set lo up
ip netns exec b sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0
ip -n b link set lo up
ip link add va netns a address 02:00:00:00:00:01 type veth peer name ra netns r address 02:00:00:00:00:02
ip link add rb netns r address 02:00:00:00:00:03 type veth peer name vb netns b address 02:00:00:00:00:04
ip netns exec r sysctl -w net.ipv6.conf.all.forwarding=1
ip -n a link set va up
ip -n r link set ra up
ip -n r link set rb up
ip -n b link set vb up
ip -n a addr add 2001:db8:a::1/64 dev va
ip -n r addr add 2001:db8:a::ff/64 dev ra
ip -n r addr add 2001:db8:b::ff/64 dev rb
ip -n b addr add 2001:db8:b::1/64 dev vb
ip -n a route add default via 2001:db8:a::ff
ip -n b route add default via 2001:db8:b::ff
sleep 3
ip netns exec r nft -f - <<N
table ip6 h {
	chain pre {
		type filter hook prerouting priority 0;
		icmpv6 type echo-request counter
		icmpv6 type echo-request ip6 hoplimit 64 counter
	}
	chain in {
		type filter hook input priority 0;
		icmpv6 type echo-request counter
	}
	chain forw {
		type filter hook forward priority 0;
		icmpv6 type echo-request ip6 hoplimit 63 counter
		icmpv6 type echo-reply counter
		icmpv6 type { packet-too-big, time-exceeded, destination-unreachable } counter
		iifname "ra" oifname "rb" counter
	}
	chain out {
		type filter hook output priority 0;
		icmpv6 type packet-too-big counter
		icmpv6 type time-exceeded counter
		icmpv6 type destination-unreachable counter
		icmpv6 type nd-redirect counter
	}
	chain post {
		type filter hook postrouting priority 0;
		icmpv6 type echo-request iifname "ra" oifname "rb" counter
		icmpv6 type time-exceeded counter
	}
}
table netdev d {
	chain ea {
		type filter hook egress device "ra" priority 0;
		icmpv6 type time-exceeded counter
		icmpv6 type packet-too-big counter
		icmpv6 type echo-reply counter
	}
	chain eb {
		type filter hook egress device "rb" priority 0;
		icmpv6 type echo-request counter
	}
}
N
ip netns exec a ping -c 1 2001:db8:b::1
ip netns exec a ping -c 1 -t 1 2001:db8:b::1
ip netns exec a ping -c 1 -t 2 2001:db8:b::1
ip netns exec a ping -c 1 2001:db8:a::
ip -n r route add unreachable 2001:db8:1::/64
ip -n r route add prohibit 2001:db8:2::/64
ip -n r route add blackhole 2001:db8:3::/64
ip netns exec a ping -c 1 -W 1 2001:db8:1::1
ip netns exec a ping -c 1 -W 1 2001:db8:2::1
ip netns exec a ping -c 1 -W 1 2001:db8:3::1
ip netns exec a ping -c 1 -W 1 2001:db8:4::1
ip -n r link set rb mtu 1300
ip -n b link set vb mtu 1300
ip netns exec a ping -c 1 -W 1 -s 1400 2001:db8:b::1
ip netns exec a ping -c 1 -W 1 -s 1400 2001:db8:b::1
ip -n a route get 2001:db8:b::1
ip netns exec a ping -c 1 -W 1 -s 1400 -M do 2001:db8:b::1
ip netns exec a ping -c 1 -W 1 -s 3000 -M dont 2001:db8:b::1
ip netns exec a ping -c 1 -W 4 2001:db8:b::77
ip netns exec r nft list ruleset
ip netns exec r sysctl -w net.ipv6.conf.all.forwarding=0
ip netns exec a ping -c 1 -W 1 2001:db8:b::1
ip netns exec a ping -c 1 -W 1 2001:db8:4::1
ip -n r -6 route show table local dev ra
