# dnat to a range of ports, to a map of servers, and back to where it came from
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add r
ip netns exec r sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add va netns a address 02:00:00:00:00:01 type veth peer name ra netns r address 02:00:00:00:00:02
ip -n a link set va up
ip -n r link set ra up
ip link add rb netns r address 02:00:00:00:00:03 type veth peer name vb netns b address 02:00:00:00:00:04
ip -n r link set rb up
ip -n b link set vb up
ip -n a addr add 10.1.0.1/24 dev va
ip -n r addr add 10.1.0.254/24 dev ra
ip -n r addr add 10.2.0.254/24 dev rb
ip -n b addr add 10.2.0.1/24 dev vb
ip -n a neigh add 10.1.0.254 lladdr 02:00:00:00:00:02 dev va
ip -n r neigh add 10.1.0.1 lladdr 02:00:00:00:00:01 dev ra
ip -n r neigh add 10.2.0.1 lladdr 02:00:00:00:00:04 dev rb
ip -n b neigh add 10.2.0.254 lladdr 02:00:00:00:00:03 dev vb
ip -n a route add default via 10.1.0.254
ip -n b route add default via 10.2.0.254
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec r nft -f - <<'X'
table inet nat {
	map servers { type inet_service : ipv4_addr . inet_service; elements = { 8001 : 10.2.0.1 . 2001, 8002 : 10.2.0.1 . 2002 }; }
	chain pre {
		type nat hook prerouting priority dstnat; policy accept;
		udp dport 7000 counter dnat ip to 10.2.0.1:3000-3005
		udp dport 7001 counter dnat ip to 10.1.0.1
		dnat ip to udp dport map @servers
	}
	chain post {
		type nat hook postrouting priority srcnat; policy accept;
		ip daddr 10.1.0.1 udp dport 7001 counter masquerade
	}
}
table netdev t {
	chain eb {
		type filter hook egress device "rb" priority 0;
		udp dport 3000 counter
		udp dport 3001-3005 counter
		udp dport 2001 counter
		udp dport 2002 counter
	}
	chain ea {
		type filter hook egress device "ra" priority 0;
		ip saddr 10.1.0.254 udp dport 7001 counter
		ip saddr 10.1.0.1 udp dport 7001 counter
	}
}
X
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.1.0.254 -t udp "sp=1000,dp=7000"
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.1.0.254 -t udp "sp=1001,dp=7000"
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.1.0.254 -t udp "sp=1000,dp=8001"
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.1.0.254 -t udp "sp=1000,dp=8002"
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.1.0.254 -t udp "sp=1000,dp=7001"
ip netns exec r nft list ruleset
