# a port forwarded, masqueraded; the error comes back through it; what bypasses nat
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
ip -n b route del default
ip netns exec r nft -f - <<'X'
table ip nat {
	chain pre {
		type nat hook prerouting priority dstnat; policy accept;
		iifname "ra" udp dport 8080 counter dnat to 10.2.0.1:2000
		counter
	}
	chain post {
		type nat hook postrouting priority srcnat; policy accept;
		oifname "rb" counter masquerade
		counter
	}
}
table ip f {
	chain fw {
		type filter hook forward priority 0; policy accept;
		ct state new counter
		ct state established counter
		ct state related counter
		ct state invalid counter
		ct state untracked counter
		udp dport 2000 counter
		ip daddr 10.1.0.1 counter
		ct status dnat counter
		ct status snat counter
	}
}
table netdev t {
	chain eb { type filter hook egress device "rb" priority 0; ip saddr 10.2.0.254 udp dport 2000 counter; icmp type destination-unreachable counter; }
	chain ea { type filter hook egress device "ra" priority 0; ip saddr 10.1.0.254 counter; ip saddr 10.2.0.1 counter; icmp type destination-unreachable counter; icmp type destination-unreachable @th,96,32 0x0a0100fe counter; icmp type destination-unreachable @th,192,32 0x0a010001 counter; icmp type destination-unreachable @th,240,16 8080 counter; }
}
X
ip netns exec a mausezahn va -q -c 2 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.1.0.254 -t udp "sp=1000,dp=8080"
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.2.0.1 -t udp "sp=1001,dp=2001"
ip netns exec a ping -c 1 -W 1 10.2.0.1
ip netns exec r nft list ruleset
ip -n a -s link
