# the states of a TCP connection as a router sees it, by hand; what is out of the window is invalid
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
	chain in { type filter hook prerouting priority -300; tcp dport 1000-1010 drop; }
}
X
ip netns exec b nft -f - <<'X'
table ip d {
	chain in { type filter hook prerouting priority -300; tcp dport 80 drop; }
}
X
ip netns exec r nft -f - <<'X'
table ip f {
	chain fw {
		type filter hook forward priority 0; policy accept;
		ct state new counter
		ct state established counter
		ct state related counter
		ct state invalid counter
		ct state untracked counter
		ct status assured counter
		ct expiration > 400000s counter
		ct expiration > 110s ct expiration < 130s counter
		ct expiration > 50s ct expiration < 70s counter
	}
}
X
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.2.0.1 -t tcp "sp=1000,dp=80,flags=ack,s=500,a=1"
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.2.0.1 -t tcp "sp=1000,dp=80,flags=syn,s=1000,w=1000"
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.2.0.1 -t tcp "sp=1001,dp=80,flags=syn,s=1000,w=1000"
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.2.0.1 -t tcp "sp=1001,dp=80,flags=syn,s=1000,w=1000"
ip netns exec b mausezahn vb -q -c 1 -a 02:00:00:00:00:04 -b 02:00:00:00:00:03 -A 10.2.0.1 -B 10.1.0.1 -t tcp "sp=80,dp=1001,flags=syn|ack,s=7000,a=1001,w=1000"
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.2.0.1 -t tcp "sp=1001,dp=80,flags=ack,s=1001,a=7001,w=1000"
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.2.0.1 -t tcp "sp=1001,dp=80,flags=ack|psh,s=1001,a=7001,w=1000" -P hello
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.2.0.1 -t tcp "sp=1001,dp=80,flags=ack|psh,s=99001,a=7001,w=1000" -P hello
ip netns exec b mausezahn vb -q -c 1 -a 02:00:00:00:00:04 -b 02:00:00:00:00:03 -A 10.2.0.1 -B 10.1.0.1 -t tcp "sp=80,dp=1001,flags=ack,s=7001,a=1006,w=1000"
ip netns exec b mausezahn vb -q -c 1 -a 02:00:00:00:00:04 -b 02:00:00:00:00:03 -A 10.2.0.1 -B 10.1.0.1 -t tcp "sp=80,dp=1001,flags=ack,s=7001,a=91006,w=1000"
ip netns exec b mausezahn vb -q -c 1 -a 02:00:00:00:00:04 -b 02:00:00:00:00:03 -A 10.2.0.1 -B 10.1.0.1 -t tcp "sp=80,dp=1001,flags=rst,s=1,a=0,w=0"
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.2.0.1 -t tcp "sp=1001,dp=80,flags=fin|ack,s=1006,a=7001,w=1000"
ip netns exec b mausezahn vb -q -c 1 -a 02:00:00:00:00:04 -b 02:00:00:00:00:03 -A 10.2.0.1 -B 10.1.0.1 -t tcp "sp=80,dp=1001,flags=fin|ack,s=7001,a=1007,w=1000"
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.2.0.1 -t tcp "sp=1001,dp=80,flags=ack,s=1007,a=7002,w=1000"
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.2.0.1 -t tcp "sp=1001,dp=80,flags=syn,s=5000,w=1000"
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.2.0.1 -t tcp "sp=1001,dp=80,flags=fin,s=5000,w=1000"
ip netns exec b mausezahn vb -q -c 1 -a 02:00:00:00:00:04 -b 02:00:00:00:00:03 -A 10.2.0.1 -B 10.1.0.1 -t tcp "sp=80,dp=1001,flags=rst|ack,s=0,a=5001,w=0"
ip netns exec b mausezahn vb -q -c 1 -a 02:00:00:00:00:04 -b 02:00:00:00:00:03 -A 10.2.0.1 -B 10.1.0.1 -t tcp "sp=80,dp=1005,flags=syn|ack,s=0,a=5001,w=0"
ip netns exec r nft list ruleset
