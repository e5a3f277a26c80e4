# A router that tracks connections puts fragments together and sends them on as they came, where they fit: uneven ones,
# too, as a narrower way before it left them.
ip netns add b
ip netns add s
ip netns add r
ip netns add a
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec s sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec r sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add b0 netns b type veth peer name s0 netns s
ip link add s1 netns s type veth peer name r0 netns r
ip link add r1 netns r type veth peer name a0 netns a
ip -n b link set b0 up
ip -n s link set s0 up
ip -n s link set s1 up mtu 1400
ip -n r link set r0 up mtu 1400
ip -n r link set r1 up
ip -n a link set a0 up
ip -n b addr add 10.0.0.1/24 dev b0
ip -n s addr add 10.0.0.2/24 dev s0
ip -n s addr add 10.0.1.1/24 dev s1
ip -n r addr add 10.0.1.2/24 dev r0
ip -n r addr add 10.0.2.1/24 dev r1
ip -n a addr add 10.0.2.2/24 dev a0
ip -n b route add default via 10.0.0.2
ip -n s route add 10.0.2.0/24 via 10.0.1.2
ip -n r route add 10.0.0.0/24 via 10.0.1.1
ip -n a route add default via 10.0.2.1
ip netns exec s sysctl -qw net.ipv4.ip_forward=1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec r nft -f - <<'X'
table ip t {
	chain f {
		type filter hook forward priority 0;
		ct state new counter
		counter
	}
}
X
ip netns exec a nft -f - <<'X'
table netdev t {
	chain i {
		type filter hook ingress device "a0" priority 0;
		ip length 20-100 counter
		ip length 101-130 counter
		ip length 1300-1400 counter
		ip length > 1400 counter
	}
}
X
ip netns exec b ping -c 1 -W 1 -s 1473 -M dont 10.0.2.2
ip netns exec r nft list ruleset
ip netns exec a nft list ruleset
ip netns exec b ping -c 1 -W 1 -s 3000 -M dont 10.0.2.2
ip netns exec r nft list ruleset
ip netns exec a nft list ruleset
