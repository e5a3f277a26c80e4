# An address that is added makes the device report all of its groups again.
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip netns exec b nft -f - <<'R'
table netdev t {
	chain i {
		type filter hook ingress device "v1" priority 0;
		icmpv6 type 143 counter
		icmpv6 type 143 meta length 76 counter
		icmpv6 type 143 meta length 96 counter
		icmpv6 type 143 meta length 116 counter
		icmpv6 type 143 meta length 136 counter
		icmpv6 type 143 meta length 156 counter
	}
}
R
ip -n a link set v0 up
ip -n b link set v1 up
ip netns exec a sysctl -qw net.ipv6.conf.v0.mldv2_unsolicited_report_interval=50
ip netns exec a sysctl -qw net.ipv6.conf.v0.addr_gen_mode=1 net.ipv6.conf.v0.disable_ipv6=0
sleep 0.5
ip -n a addr add 2001:db8::1/64 dev v0 nodad
sleep 0.5
ip -n a addr add 2001:db8::2/64 dev v0 nodad
sleep 0.5
ip netns exec b nft reset counters
ip netns exec b nft list ruleset
ip netns exec a sysctl -qw net.ipv6.conf.all.forwarding=1
sleep 0.5
ip netns exec b nft list ruleset
ip -n a addr add 2001:db8:1::3/64 dev v0 nodad
sleep 0.5
ip netns exec b nft list ruleset
ip -n a addr change 2001:db8:1::3/64 dev v0 preferred_lft 1000 valid_lft 1000
sleep 0.5
ip netns exec b nft list ruleset
ip -n a addr del 2001:db8:1::3/64 dev v0
sleep 0.5
ip netns exec b nft list ruleset
