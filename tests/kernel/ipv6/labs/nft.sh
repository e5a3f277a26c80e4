# What nft can do with IPv6: reject in all families, fwd to a neighbour, dup, marks that change the route, sets.
ip netns add a
ip netns add b
ip netns add c
ip netns exec a sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0
ip netns exec b sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0
ip netns exec c sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0
ip -n a link set lo up
ip -n b link set lo up
ip -n c link set lo up
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip link add w0 netns a address 02:00:00:00:00:03 type veth peer name w1 netns c address 02:00:00:00:00:04
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a link set w0 up
ip -n c link set w1 up
ip -n a addr add 2001:db8::1/64 dev v0
ip -n b addr add 2001:db8::2/64 dev v1
ip -n a addr add 2001:db8:c::1/64 dev w0
ip -n c addr add 2001:db8:c::2/64 dev w1
ip -n c addr add 2001:db8::2/128 dev lo
sleep 3
ip netns exec a ping -c 1 2001:db8::2
ip netns exec a ping -c 1 2001:db8:c::2
ip netns exec b nft -f - <<N
table ip6 t {
	chain i {
		type filter hook input priority 0;
		icmpv6 type echo-request ip6 hoplimit 11 counter reject with icmpv6 admin-prohibited
		icmpv6 type echo-request ip6 hoplimit 12 counter reject with icmpv6 addr-unreachable
		icmpv6 type echo-request ip6 hoplimit 13 counter reject
		icmpv6 type echo-request ip6 hoplimit 14 counter drop
		icmpv6 type echo-request ip6 hoplimit 15 counter reject with icmpv6 policy-fail
	}
	chain o {
		type filter hook output priority 0;
		icmpv6 type destination-unreachable counter
	}
}
table inet u {
	chain i {
		type filter hook input priority 1;
		icmpv6 type echo-request ip6 hoplimit 21 counter reject with icmpx admin-prohibited
		icmpv6 type echo-request ip6 hoplimit 22 counter reject with icmpx host-unreachable
		icmpv6 type echo-request ip6 hoplimit 23 counter reject with icmpx no-route
		icmpv6 type echo-request ip6 hoplimit 24 counter reject with icmpv6 no-route
	}
	chain p {
		type filter hook prerouting priority 1;
		icmpv6 type echo-request ip6 hoplimit 31 counter reject with icmpv6 port-unreachable
	}
}
table netdev d {
	chain i {
		type filter hook ingress device "v1" priority 0;
		meta protocol ip6 icmpv6 type echo-request ip6 hoplimit 41 counter reject with icmpv6 admin-prohibited
		meta protocol ip6 icmpv6 type echo-request ip6 hoplimit 42 counter reject
	}
	chain e {
		type filter hook egress device "v1" priority 0;
		icmpv6 type destination-unreachable counter
	}
}
N
ip netns exec a ping -c 1 -W 1 -t 11 2001:db8::2
ip netns exec a ping -c 1 -W 1 -t 12 2001:db8::2
ip netns exec a ping -c 1 -W 1 -t 13 2001:db8::2
ip netns exec a ping -c 1 -W 1 -t 14 2001:db8::2
ip netns exec a ping -c 1 -W 1 -t 15 2001:db8::2
ip netns exec a ping -c 1 -W 1 -t 21 2001:db8::2
ip netns exec a ping -c 1 -W 1 -t 22 2001:db8::2
ip netns exec a ping -c 1 -W 1 -t 23 2001:db8::2
ip netns exec a ping -c 1 -W 1 -t 24 2001:db8::2
ip netns exec a ping -c 1 -W 1 -t 31 2001:db8::2
ip netns exec a ping -c 1 -W 1 -t 41 2001:db8::2
ip netns exec a ping -c 1 -W 1 -t 42 2001:db8::2
ip netns exec b nft list ruleset
ip netns exec a nft add table ip6 t
ip netns exec a nft add chain ip6 t o '{ type filter hook output priority 0; }'
ip netns exec a nft add rule ip6 t o icmpv6 type echo-request ip6 hoplimit 51 counter reject with icmpv6 admin-prohibited
ip netns exec a nft add rule ip6 t o icmpv6 type echo-request ip6 hoplimit 52 counter drop
ip netns exec a ping -c 1 -W 1 -t 51 2001:db8::2
ip netns exec a ping -c 1 -W 1 -t 52 2001:db8::2
ip netns exec a nft add chain ip6 t r '{ type route hook output priority -150; }'
ip netns exec a nft add rule ip6 t r icmpv6 type echo-request ip6 hoplimit 61 counter meta mark set 7
ip -n a -6 rule add fwmark 7 lookup 7
ip -n a -6 route add 2001:db8::2 via 2001:db8:c::2 table 7
ip netns exec c nft add table ip6 t
ip netns exec c nft add chain ip6 t i '{ type filter hook input priority 0; }'
ip netns exec c nft add rule ip6 t i icmpv6 type echo-request counter
ip netns exec c nft add rule ip6 t i icmpv6 type echo-request ip6 hoplimit 70 counter
ip netns exec a ping -c 1 -W 1 -t 61 2001:db8::2
ip netns exec a nft list ruleset
ip netns exec a nft flush ruleset
ip netns exec a nft add table netdev f
ip netns exec a nft add chain netdev f e '{ type filter hook egress device v0 priority 0; }'
ip netns exec a nft add rule netdev f e ip6 hoplimit 71 counter fwd ip6 to 2001:db8:c::2 device w0
ip netns exec a nft add rule netdev f e ip6 hoplimit 72 counter dup to w0
ip netns exec a nft add chain netdev f w '{ type filter hook egress device w0 priority 0; }'
ip netns exec a nft add rule netdev f w icmpv6 type echo-request counter
ip netns exec a ping -c 1 -W 1 -t 71 2001:db8::2
ip netns exec a ping -c 1 -W 1 -t 72 2001:db8::2
ip netns exec a nft list ruleset
ip netns exec c nft list ruleset
ip netns exec a nft flush ruleset
ip netns exec a nft add table ip6 s
ip netns exec a nft add set ip6 s src '{ type ipv6_addr; flags dynamic; counter; }'
ip netns exec a nft add set ip6 s nets '{ type ipv6_addr; flags interval; elements = { 2001:db8::/64, fe80::/10 }; }'
ip netns exec a nft add chain ip6 s i '{ type filter hook input priority 0; }'
ip netns exec a nft add rule ip6 s i icmpv6 type echo-reply add @src '{ ip6 saddr }'
ip netns exec a nft add rule ip6 s i icmpv6 type echo-reply ip6 saddr @nets counter
ip netns exec a nft add rule ip6 s i icmpv6 type echo-reply icmpv6 id 0-65535 icmpv6 sequence 1 counter
ip netns exec a nft add rule ip6 s i icmpv6 type echo-reply ip6 version 6 ip6 dscp cs0 ip6 nexthdr 58 ip6 length 64 counter
ip netns exec a ping -c 2 -i 0.1 2001:db8::2
ip netns exec a ping -c 1 2001:db8:c::2
ip netns exec a nft list ruleset
