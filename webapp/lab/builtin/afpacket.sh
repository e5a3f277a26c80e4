# A DHCP request and an ARP announcement come from AF_PACKET sockets: no ip hook sees
# them, the nft egress hook does. One rule stops the DHCP request.
ip netns add a
ip netns add b
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1

tc -n a qdisc add dev v0 clsact
tc -n a filter add dev v0 egress pref 10 bpf da bytecode '1,6 0 0 0,'
ip netns exec a nft -f - <<'X'
table inet ip_hooks {
	chain out { type filter hook output priority filter; counter; }
	chain post { type filter hook postrouting priority filter; counter; }
}
table netdev t {
	chain e {
		type filter hook egress device "v0" priority filter;
		ether type arp counter
		udp dport 67 counter drop
	}
}
X

ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -t arp "request, senderip=10.0.0.1, targetip=10.0.0.2"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b bcast -A 0.0.0.0 -B 255.255.255.255 -t udp "sp=68,dp=67"
ip netns exec a nft list ruleset
