# two clients with one port; an address that goes takes its connections along
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
table ip nat {
	chain post {
		type nat hook postrouting priority srcnat; policy accept;
		oifname "rb" counter masquerade
	}
}
table netdev t {
	chain eb {
		type filter hook egress device "rb" priority 0;
		ip saddr 10.2.0.254 udp sport 1000 counter
		ip saddr 10.2.0.254 udp sport != 1000 counter
		ip saddr 10.2.0.253 counter
	}
}
X
ip netns exec a mausezahn va -q -c 2 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.2.0.1 -t udp "sp=1000,dp=2000"
ip netns exec a mausezahn va -q -c 2 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.2 -B 10.2.0.1 -t udp "sp=1000,dp=2000"
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.2 -B 10.2.0.1 -t udp "sp=1000,dp=2000"
ip -n r addr add 10.2.0.253/24 dev rb
ip -n r addr del 10.2.0.254/24 dev rb
ip -n r addr add 10.2.0.253/24 dev rb
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.2.0.1 -t udp "sp=1000,dp=2000"
ip -n r link set rb down
ip -n r link set rb up
ip -n r neigh replace 10.2.0.1 lladdr 02:00:00:00:00:04 dev rb
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.2.0.1 -t udp "sp=1000,dp=2000"
ip netns exec r nft list ruleset
