# A router asks its table: reverse path, kind of address, and copies for another gateway.
ip netns add c
ip netns exec c sysctl -qw net.ipv6.conf.default.disable_ipv6=1
ip netns add r
ip netns exec r sysctl -qw net.ipv6.conf.default.disable_ipv6=1
ip netns add s
ip netns exec s sysctl -qw net.ipv6.conf.default.disable_ipv6=1
ip link add c0 netns c type veth peer name r0 netns r
ip link add r1 netns r type veth peer name s0 netns s
ip -n c link set c0 up
ip -n r link set r0 up
ip -n r link set r1 up
ip -n s link set s0 up
ip -n c addr add 10.1.0.1/24 dev c0
ip -n r addr add 10.1.0.2/24 dev r0
ip -n r addr add 10.2.0.2/24 dev r1
ip -n s addr add 10.2.0.1/24 dev s0
ip -n s addr add 10.2.0.9/24 dev s0
ip -n c route add default via 10.1.0.2
ip -n s route add default via 10.2.0.2
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec r sysctl -qw net.ipv4.conf.all.rp_filter=0
ip netns exec r sysctl -qw net.ipv4.conf.r0.rp_filter=0
ip -n r route add blackhole 10.9.0.0/24
ip -n c addr add 10.9.0.1/32 dev c0
ip -n c addr add 10.2.0.77/32 dev c0
ip netns exec r nft 'table ip t {
	chain p { type filter hook prerouting priority 0
		icmp type echo-request fib saddr . iif oif exists counter comment "reverse path"
		icmp type echo-request fib saddr . iif oif missing counter comment "no reverse path"
		icmp type echo-request fib saddr oif r1 counter comment "saddr behind r1"
		icmp type echo-request fib saddr oifname "r0" counter comment "saddr behind r0"
		icmp type echo-request fib daddr type local counter comment "for us"
		icmp type echo-request fib daddr . iif type local counter comment "for us, here"
		icmp type echo-request fib daddr type unicast counter comment "daddr unicast"
		icmp type echo-request fib daddr type broadcast counter comment "daddr broadcast"
		icmp type echo-request fib daddr type multicast counter comment "daddr multicast"
		icmp type echo-request fib saddr type blackhole counter comment "saddr blackhole"
		icmp type echo-request fib daddr oif exists counter comment "daddr has a way"
		icmp type echo-request fib daddr . mark oif 0 counter comment "daddr has none"
	}
	chain f { type filter hook forward priority 0
		icmp type echo-request rt nexthop 10.2.0.1 counter comment "nexthop"
		icmp type echo-request rt classid 0 counter comment "classid"
		icmp type echo-request rt ipsec missing counter comment "no ipsec"
		icmp type echo-request fib daddr . oif type local counter comment "local on r1"
		icmp type echo-request ip daddr 10.2.0.1 dup to 10.2.0.9 device r1 counter comment "copied"
	}
	chain o { type filter hook output priority 0
		icmp type echo-request counter comment "output sees"
		fib saddr . oif type local counter comment "ours"
	}
}
table netdev n {
	chain i { type filter hook ingress device r0 priority 0
		fib daddr type local counter comment "at the device"
		fib saddr . iif oif exists counter comment "reverse path at the device"
		icmp type echo-request fib daddr . iif oifname "r1" counter comment "out by r1"
	}
	chain e { type filter hook egress device r1 priority 0
		fib daddr . oif type unicast counter comment "leaves"
		ip ttl 63 counter comment "ttl 63"
	}
}'
ip netns exec s nft 'table ip t { chain i { type filter hook prerouting priority -300
		icmp type echo-request ip daddr 10.2.0.1 counter comment "came"
		icmp type echo-request ether daddr != 00:00:00:00:00:00 ip frag-off & 0x4000 != 0 counter comment "DF"
	}
}'
ip netns exec c ping -c 1 -W 1 10.2.0.1 > /dev/null
ip netns exec c ping -c 1 -W 1 10.1.0.2 > /dev/null
ip netns exec c ping -c 1 -W 1 10.2.0.2 > /dev/null
ip netns exec c ping -c 1 -W 1 -I 10.9.0.1 10.2.0.1 > /dev/null
ip netns exec c ping -c 1 -W 1 -I 10.2.0.77 10.1.0.2 > /dev/null
ip netns exec c ping -c 1 -W 1 10.9.0.5 > /dev/null
ip netns exec r nft list ruleset
ip netns exec s nft list ruleset
