# a bridged packet has the bridge's own route in ip's hooks: its next hop is whom it is for
ip netns add s
ip netns exec s sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add va netns a address 02:00:00:00:00:01 type veth peer name pa netns s address 02:00:00:00:00:02
ip link add vb netns b address 02:00:00:00:00:03 type veth peer name pb netns s address 02:00:00:00:00:04
ip -n a link set va up
ip -n b link set vb up
ip -n s link set pa up
ip -n s link set pb up
ip -n a addr add 10.0.0.1/24 dev va
ip -n b addr add 10.0.0.2/24 dev vb
ip -n s link add br0 address 02:00:00:00:00:05 type bridge mcast_snooping 0
ip netns exec s sysctl -qw net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-arptables=0
ip -n s link set pa master br0
ip -n s link set pb master br0
ip -n s link set br0 up
ip -n s addr add 10.0.0.3/24 dev br0
ip netns exec s nft -f - <<'N'
table ip f {
	chain pre {
		type filter hook prerouting priority 0; policy accept;
		rt classid 0 counter
	}
	chain in {
		type filter hook input priority 0; policy accept;
		rt classid 0 counter
	}
	chain for {
		type filter hook forward priority 0; policy accept;
		rt nexthop 10.0.0.1 counter
		rt nexthop 10.0.0.2 counter
	}
	chain post {
		type filter hook postrouting priority 0; policy accept;
		rt nexthop 10.0.0.1 counter
		rt nexthop 10.0.0.2 counter
	}
}
N
ip netns exec b ping -c 1 -W 1 10.0.0.1
ip netns exec b ping -c 1 -W 1 10.0.0.3
ip netns exec s nft list ruleset
