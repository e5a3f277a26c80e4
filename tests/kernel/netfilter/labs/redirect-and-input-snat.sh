# redirect to this host; snat of what arrives; dnat at output to another route
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
ip -n r link set lo up
ip netns exec r nft -f - <<'X'
table ip nat {
	chain pre {
		type nat hook prerouting priority dstnat; policy accept;
		udp dport 53 counter redirect to :5353
		icmp type echo-request ip daddr 10.9.9.9 counter redirect
	}
	chain in {
		type nat hook input priority 100; policy accept;
		ip saddr 10.1.0.1 icmp type echo-request counter snat to 10.2.0.1
	}
	chain out {
		type nat hook output priority -100; policy accept;
		ip daddr 10.8.0.1 counter dnat to 10.2.0.1
		ip daddr 10.8.0.2 counter redirect
	}
}
table ip f {
	chain in {
		type filter hook input priority 0; policy accept;
		udp dport 5353 counter
		udp dport 53 counter
		ip saddr 10.1.0.1 icmp type echo-request counter
		ip saddr 10.2.0.1 icmp type echo-request counter
		ip daddr 127.0.0.1 counter
	}
	chain late {
		type filter hook input priority 200; policy accept;
		ip saddr 10.1.0.1 icmp type echo-request counter
		ip saddr 10.2.0.1 icmp type echo-request counter
	}
	chain post {
		type filter hook postrouting priority 300; policy accept;
		oifname "rb" counter
		oifname "ra" counter
		oifname "lo" counter
	}
}
X
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.2.0.1 -t udp "sp=1000,dp=53"
ip netns exec a ping -c 1 -W 1 10.9.9.9
ip netns exec a ping -c 1 -W 1 10.1.0.254
ip -n r route add 10.8.0.0/24 via 10.1.0.1
ip netns exec r ping -c 1 -W 1 10.8.0.1
ip netns exec r ping -c 1 -W 1 10.8.0.2
ip netns exec r nft list ruleset
ip -n r -s link
