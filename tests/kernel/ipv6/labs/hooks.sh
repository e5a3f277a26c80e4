# Which hooks neighbour discovery and echo pass: the sender's, the receiver's, loopback's.
ip netns add a
ip netns add b
ip -n a link set lo up
ip netns exec a sysctl -qw net.ipv6.conf.default.router_solicitations=0
ip -n b link set lo up
ip netns exec b sysctl -qw net.ipv6.conf.default.router_solicitations=0
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a addr add 2001:db8::1/64 dev v0 nodad
ip -n b addr add 2001:db8::2/64 dev v1 nodad
ip -n a link set v0 up
ip -n b link set v1 up
sleep 4
ip netns exec a nft -f - <<N
table ip6 h {
	chain pre {
		type filter hook prerouting priority 0;
		icmpv6 type nd-neighbor-solicit counter
		icmpv6 type nd-neighbor-advert counter
		icmpv6 type echo-reply counter
		icmpv6 type echo-request counter
	}
	chain in {
		type filter hook input priority 0;
		icmpv6 type nd-neighbor-solicit counter
		icmpv6 type nd-neighbor-advert counter
		icmpv6 type echo-reply counter
		icmpv6 type echo-request iifname "lo" counter
	}
	chain forw {
		type filter hook forward priority 0;
		counter
	}
	chain out {
		type filter hook output priority 0;
		icmpv6 type nd-neighbor-solicit oifname "v0" counter
		icmpv6 type nd-neighbor-advert counter
		icmpv6 type echo-request counter
		icmpv6 type echo-request oifname "lo" counter
	}
	chain post {
		type filter hook postrouting priority 0;
		icmpv6 type nd-neighbor-solicit counter
		icmpv6 type nd-neighbor-solicit iifname "v0" counter
		icmpv6 type nd-neighbor-advert counter
		icmpv6 type echo-request counter
		icmpv6 type echo-request iifname "v0" counter
	}
}
table netdev d {
	chain e {
		type filter hook egress device "v0" priority 0;
		icmpv6 type nd-neighbor-solicit counter
		icmpv6 type nd-neighbor-advert counter
		icmpv6 type echo-request counter
		ip6 daddr ff02::1:ff00:2 icmpv6 type nd-neighbor-solicit ether daddr 33:33:ff:00:00:02 ip6 hoplimit 255 counter
	}
	chain i {
		type filter hook ingress device "v0" priority 0;
		icmpv6 type nd-neighbor-solicit counter
		icmpv6 type nd-neighbor-advert counter
		icmpv6 type echo-reply counter
	}
}
table inet x {
	chain out {
		type filter hook output priority 0;
		meta nfproto ipv6 icmpv6 type echo-request counter
		meta l4proto ipv6-icmp meta priority 7 counter
	}
}
N
ip netns exec b nft -f - <<N
table inet h {
	chain pre {
		type filter hook prerouting priority 0;
		icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } counter
		icmpv6 type echo-request counter
	}
	chain in {
		type filter hook input priority 0;
		icmpv6 type nd-neighbor-solicit counter
		icmpv6 type echo-request ip6 saddr 2001:db8::1 counter
	}
	chain out {
		type filter hook output priority 0;
		icmpv6 type nd-neighbor-advert counter
		icmpv6 type nd-neighbor-solicit counter
		icmpv6 type echo-reply counter
	}
	chain post {
		type filter hook postrouting priority 0;
		icmpv6 type nd-neighbor-advert oifname "v1" counter
		icmpv6 type echo-reply counter
	}
}
table netdev d {
	chain e {
		type filter hook egress device "v1" priority 0;
		icmpv6 type nd-neighbor-advert counter
		icmpv6 type echo-reply counter
		meta protocol ip6 ip6 nexthdr icmpv6 icmpv6 type echo-reply ip6 hoplimit 64 counter
	}
}
N
ip netns exec a ping -c 2 -i 0.1 2001:db8::2
ip netns exec a nft list ruleset
ip netns exec b nft list ruleset
ip netns exec a nft reset counters
ip netns exec a ping -c 1 2001:db8::1
ip netns exec a ping -c 1 ::1
ip netns exec a nft list table ip6 h
ip -n a -6 neigh show to 2001:db8::2
ip -n b -6 neigh show to 2001:db8::1
ip netns exec a ping -c 1 -W 1 2001:db8::9
sleep 3
ip -n a -6 neigh show to 2001:db8::9
ip netns exec a nft list table netdev d
sleep 6
ip netns exec a nft list table netdev d
