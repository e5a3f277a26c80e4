# A zone that is set behind connection tracking, for an ICMP error that belongs to no connection: a template, of which
# only the state can be read.
ip netns add a
ip netns add r
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec r sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add a0 netns a address 02:00:00:00:00:01 type veth peer name r0 netns r address 02:00:00:00:00:02
ip -n a link set a0 up
ip -n r link set r0 up
ip -n a addr add 10.0.0.1/24 dev a0
ip -n r addr add 10.0.0.2/24 dev r0
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec a nft -f - <<'X'
table ip f {
	chain pre {
		type filter hook prerouting priority 0;
		ct state invalid counter comment "invalid"
		ip saddr != 10.0.0.1 counter ct zone set 1 counter
	}
	chain pre1 {
		type filter hook prerouting priority 1;
		ct state invalid counter
		ct state new counter
		ct mark 0 counter
		ct zone 1 counter
		ct zone 0 counter
		ct status 0 counter
		ct status confirmed counter
	}
	chain in {
		type filter hook input priority -300;
		counter
		ct state invalid counter
		ct mark 0 counter
		ct mark != 0 counter
		ct zone 1 counter
	}
	chain in2 {
		type filter hook input priority 300;
		counter
		ct mark 0 counter
		ct mark != 0 counter
		ct zone 1 counter
	}
}
X
ip netns exec a mausezahn a0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.1.2 -t udp dp=80
sleep 0.2
ip netns exec a nft list ruleset
ip netns exec a mausezahn a0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.1.2 -t udp dp=80
sleep 0.2
ip netns exec a nft list ruleset
