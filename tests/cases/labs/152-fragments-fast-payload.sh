# later fragments: loads of 1, 2 and 4 bytes do not ask whether there is a transport header, others do
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0
ip -n b neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev v1
ip netns exec b nft -f - <<'X'
table netdev t {
	chain i {
		type filter hook ingress device "v1" priority 0;
		icmp type echo-request counter
		icmp type != echo-request counter
		icmp sequence 1 counter
		icmp sequence != 1 counter
		icmp code 0 counter
		meta l4proto icmp @th,0,24 != 1 counter
		meta l4proto icmp @th,16,32 != 1 counter
		ip protocol . @th,0,16 { 1 . 5 } counter
		udp dport != 1 counter
		counter
	}
	chain e {
		type filter hook egress device "v1" priority 0;
		icmp type != echo-request counter
		icmp sequence != 1 counter
		meta l4proto icmp @th,0,24 != 1 counter
		counter
	}
}
X
ip netns exec a ping -c 1 -W 1 -s 4000 10.0.0.2
ip netns exec b nft list ruleset
