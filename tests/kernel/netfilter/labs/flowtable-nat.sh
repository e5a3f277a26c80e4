# a flowtable with dnat and masquerade: translated at ingress, seen at egress; TCP until it ends
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
ip netns exec a nft -f - <<'X'
table ip d {
	chain in { type filter hook prerouting priority -300; udp dport 1000 counter drop; tcp dport 1000 counter drop; }
}
X
ip netns exec b nft -f - <<'X'
table ip d {
	chain in { type filter hook prerouting priority -300; udp dport 2000 counter drop; tcp dport 80 counter drop; }
}
X
ip -n b route del default
ip netns exec r nft -f - <<'X'
table inet f {
	flowtable ft {
		hook ingress priority 0
		devices = { ra, rb }
		counter
	}
	chain pre {
		type nat hook prerouting priority -100
		ip daddr 10.9.9.9 udp dport 7000 counter dnat ip to 10.2.0.1:2000
		ip daddr 10.9.9.9 tcp dport 8000 counter dnat ip to 10.2.0.1:80
	}
	chain post {
		type nat hook postrouting priority 100
		oifname "rb" counter masquerade
	}
	chain fw {
		type filter hook forward priority 0
		meta l4proto { tcp, udp } flow add @ft counter
		udp dport 2000 counter
		udp sport 2000 counter
		tcp dport 80 counter
		tcp sport 80 counter
		ct state established counter
	}
}
table netdev t {
	chain ia { type filter hook ingress device "ra" priority 10; ip protocol udp counter; ip protocol tcp counter; }
	chain eb { type filter hook egress device "rb" priority 0; ip saddr 10.2.0.254 udp dport 2000 counter; ip saddr 10.2.0.254 tcp dport 80 counter; ip ttl 63 counter; ip ttl 254 counter; }
	chain ea { type filter hook egress device "ra" priority 0; ip saddr 10.9.9.9 udp sport 7000 udp dport 1000 counter; ip saddr 10.9.9.9 tcp sport 8000 counter; }
}
X
ip netns exec a mausezahn va -q -c 3 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.9.9.9 -t udp "sp=1000,dp=7000"
ip netns exec b mausezahn vb -q -c 3 -a 02:00:00:00:00:04 -b 02:00:00:00:00:03 -A 10.2.0.1 -B 10.2.0.254 -t udp "sp=2000,dp=1000"
ip netns exec a mausezahn va -q -c 2 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.9.9.9 -t udp "sp=1000,dp=7000"
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.9.9.9 -t tcp "sp=1000,dp=8000,flags=syn,s=100,w=1000"
ip netns exec b mausezahn vb -q -c 1 -a 02:00:00:00:00:04 -b 02:00:00:00:00:03 -A 10.2.0.1 -B 10.2.0.254 -t tcp "sp=80,dp=1000,flags=syn|ack,s=700,a=101,w=1000"
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.9.9.9 -t tcp "sp=1000,dp=8000,flags=ack,s=101,a=701,w=1000"
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.9.9.9 -t tcp "sp=1000,dp=8000,flags=ack,s=101,a=701,w=1000"
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.9.9.9 -t tcp "sp=1000,dp=8000,flags=ack,s=101,a=701,w=1000"
ip netns exec b mausezahn vb -q -c 1 -a 02:00:00:00:00:04 -b 02:00:00:00:00:03 -A 10.2.0.1 -B 10.2.0.254 -t tcp "sp=80,dp=1000,flags=ack,s=701,a=101,w=1000"
ip netns exec r nft list ruleset
ip netns exec r nft list flowtables
ip netns exec r nft delete flowtable inet f ft
ip netns exec a nft list ruleset
ip netns exec b nft list ruleset
ip -n a -s link
ip -n b -s link
ip netns exec r nft flush chain inet f fw
ip netns exec r nft delete flowtable inet f ft
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.9.9.9 -t udp "sp=1000,dp=7000"
ip netns exec r nft list table netdev t
