# a question of ND whose destination OUTPUT rewrites: it waits for the very neighbour that it asks for
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
ip netns exec a sysctl -qw net.ipv6.conf.v0.mldv2_unsolicited_report_interval=50
ip netns exec a sysctl -qw net.ipv6.conf.v0.addr_gen_mode=1 net.ipv6.conf.v0.disable_ipv6=0
sleep 0.3
ip -n a addr add 2001:db8::1/64 dev v0 nodad
sleep 0.3
ip netns exec a nft -f - <<'X'
table ip6 f {
	chain out {
		type filter hook output priority -10; policy accept;
		meta l4proto ipv6-icmp counter ip6 daddr set 2001:db8::9
	}
}
X
ip netns exec b nft -f - <<'X'
table netdev t {
	chain i {
		type filter hook ingress device "v1" priority 0; policy accept;
		icmpv6 type nd-neighbor-solicit counter
	}
}
X
ip netns exec a ping -c 1 -W 0.3 2001:db8::2
ip netns exec a nft list ruleset
ip netns exec b nft list ruleset
ip -n a neigh
