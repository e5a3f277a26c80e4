# A checksum that somebody has added up is not added up again for a reject: connection tracking did so before it let the
# fragments go on, of which the first one alone does not add up. Without it that one is not answered.
ip netns add b
ip netns add r
ip netns add a
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec r sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add b0 netns b address 02:00:00:00:00:01 type veth peer name r0 netns r address 02:00:00:00:00:02
ip link add a0 netns a address 02:00:00:00:00:03 type veth peer name r1 netns r address 02:00:00:00:00:04
ip -n b link set b0 up mtu 1400
ip -n r link set r0 up
ip -n r link set r1 up
ip -n a link set a0 up
ip -n b addr add 10.0.0.2/24 dev b0
ip -n r addr add 10.0.0.1/24 dev r0
ip -n r addr add 10.0.1.1/24 dev r1
ip -n a addr add 10.0.1.2/24 dev a0
ip -n b neigh add 10.0.0.1 lladdr 02:00:00:00:00:02 dev b0
ip -n r neigh add 10.0.0.2 lladdr 02:00:00:00:00:01 dev r0
ip -n r neigh add 10.0.1.2 lladdr 02:00:00:00:00:03 dev r1
ip -n a neigh add 10.0.1.1 lladdr 02:00:00:00:00:04 dev a0
ip -n b route add default via 10.0.0.1
ip -n a route add default via 10.0.1.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec a nft -f - <<'X'
table ip t {
	chain p {
		type filter hook prerouting priority -450;
		counter reject with icmp type host-unreachable
	}
}
X
ip netns exec b ping -c 1 -W 0.3 -s 1472 10.0.1.2
ip netns exec b ping -c 1 -W 0.3 -s 1000 10.0.1.2
ip netns exec r nft -f - <<'X'
table ip t {
	chain f {
		type filter hook forward priority 0;
		ct state new counter
		counter
	}
}
X
ip netns exec b ping -c 1 -W 0.3 -s 1472 10.0.1.2
ip netns exec b ping -c 1 -W 0.3 -s 3000 10.0.1.2
ip netns exec r nft list ruleset
ip netns exec a nft list ruleset
ip netns exec r nft -f - <<'X'
table netdev t {
	chain e {
		type filter hook egress device "r1" priority 0;
		ip protocol icmp @th,256,8 set 0x55 counter
	}
}
X
ip netns exec b ping -c 1 -W 0.3 -s 1000 10.0.1.2
ip netns exec r nft delete table ip t
ip netns exec b ping -c 1 -W 0.3 -s 1000 10.0.1.2
ip netns exec r nft list ruleset
ip netns exec a nft list ruleset
