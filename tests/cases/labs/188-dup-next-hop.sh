# A copy for a gateway goes there, whatever the packet's own destination is.
ip netns add s
ip netns exec s sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add vb netns b address 02:00:00:00:00:03 type veth peer name pb netns s address 02:00:00:00:00:04
ip -n b link set vb up
ip -n s link set pb up
ip -n b addr add 10.0.0.2/24 dev vb
ip -n s link add br0 address 02:00:00:00:00:05 type bridge mcast_snooping 0
ip -n s link set pb master br0
ip -n s link set br0 up
ip -n s addr add 10.0.0.9/24 dev br0
ip -n s neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev br0
ip -n b neigh add 10.0.0.9 lladdr 02:00:00:00:00:05 dev vb
ip netns exec s nft -f - <<'R'
table ip f {
	chain pre1 {
		type filter hook prerouting priority 300; policy accept;
		counter dup to 10.0.0.1 device "br0"
	}
	chain out {
		type filter hook output priority 300;
		counter
		rt nexthop 10.0.0.1 counter
		rt nexthop 10.0.0.9 counter
	}
	chain in {
		type filter hook input priority 300;
		counter
	}
}
R
ip netns exec b ping -c 2 -i 0.2 -W 0.3 10.0.0.9
ip netns exec s nft list ruleset
ip -n s neigh
ip -n s -s link
