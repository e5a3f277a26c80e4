# a mark on the connection comes back to every packet; status bits, directions, protocols
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
table ip m {
	chain pre {
		type filter hook prerouting priority mangle; policy accept;
		ct mark 0x2a counter meta mark set ct mark
		meta mark 0x2a counter
	}
	chain fw {
		type filter hook forward priority 0; policy accept;
		ct state new ip saddr 10.1.0.1 ct mark set 0x2a
		ct mark and 0xf == 0xa counter
		ct status confirmed counter
		ct status seen-reply counter
		ct status assured counter
		ct status snat,dnat counter
		ct status != confirmed counter
		ct direction original counter
		ct direction reply counter
		ct protocol icmp counter
		ct l3proto ipv4 counter
		ct original ip saddr 10.1.0.1 counter
		ct reply ip saddr 10.2.0.1 counter
		ct original ip daddr 10.1.0.1 counter
		meta l4proto udp ct original proto-dst 2000 counter
		meta l4proto udp ct reply proto-src 2000 counter
		ct original protocol udp counter
		ct expiration < 31s counter
		ct zone 0 counter
		ct helper "ftp" counter
	}
}
X
ip netns exec a ping -c 2 -i 0.2 -W 1 10.2.0.1
ip netns exec b ping -c 1 -W 1 10.1.0.1
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.2.0.1 -t udp "sp=1000,dp=2000"
ip netns exec b mausezahn vb -q -c 1 -a 02:00:00:00:00:04 -b 02:00:00:00:00:03 -A 10.2.0.1 -B 10.1.0.1 -t udp "sp=2000,dp=1000"
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.2.0.1 -t udp "sp=1000,dp=2000"
ip netns exec r nft list ruleset
