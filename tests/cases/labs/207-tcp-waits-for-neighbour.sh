# a SYN that waits for a neighbour is not sent again: OUTPUT sees it once, and the host tells itself once that nobody is there
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a addr add 10.0.0.1/24 dev v0
ip netns exec a sysctl -qw net.ipv4.tcp_syn_linear_timeouts=0
ip netns exec a nft -f - <<'X'
table ip f {
	chain out {
		type filter hook output priority 0; policy accept;
		tcp flags syn counter
		counter
	}
}
X
ip netns exec a nc -N -p 26258 -v -w 2 10.0.0.2 2111 <<'X'
hello
X
sleep 0.5
ip netns exec a nft list ruleset
ip -n a -s link
