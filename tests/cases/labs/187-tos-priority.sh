# The traffic class that a socket asks for gives its packets a priority, which egress sees; an answer has none.
ip netns add a
ip netns add b
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add a0 netns a address 02:00:00:00:00:01 type veth peer name b0 netns b address 02:00:00:00:00:02
ip -n a link set a0 up
ip -n b link set b0 up
ip -n a addr add 10.0.0.1/24 dev a0
ip -n b addr add 10.0.0.2/24 dev b0
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev a0
ip -n b neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev b0
ip netns exec a nft -f - <<'X'
table netdev t {
	chain e {
		type filter hook egress device "a0" priority 0;
		meta priority none counter
		meta priority 0:2 counter
		meta priority 0:4 counter
		meta priority 0:6 counter
		counter
	}
}
X
ip netns exec b nft -f - <<'X'
table netdev t {
	chain i {
		type filter hook ingress device "b0" priority 0;
		meta priority none counter
		counter
	}
	chain e {
		type filter hook egress device "b0" priority 0;
		meta priority none counter
		counter
	}
}
X
ip netns exec a ping -c 1 -W 0.3 -Q 0xb8 10.0.0.2
ip netns exec a nft list ruleset
ip netns exec a ping -c 1 -W 0.3 -Q 0x10 10.0.0.2
ip netns exec a ping -c 1 -W 0.3 -Q 0x08 10.0.0.2
ip netns exec a ping -c 1 -W 0.3 -Q 0x01 10.0.0.2
ip netns exec a ping -c 1 -W 0.3 -s 3000 -Q 0x10 10.0.0.2
ip netns exec a nft list ruleset
ip netns exec a nc -u -w 1 -p 2000 -T 0x10 10.0.0.2 99 <<'X'
hello
X
ip netns exec a nft list ruleset
ip netns exec b nc -l 4000 > /dev/null &
sleep 0.3
ip netns exec a nc -N -w 1 -p 2001 -T 0x0b 10.0.0.2 4000 <<'X'
hello
X
sleep 0.3
ip netns exec a nc -w 1 -p 2002 -T 0x10 10.0.0.2 4001
ip netns exec a nft list ruleset
ip netns exec b nft list ruleset
