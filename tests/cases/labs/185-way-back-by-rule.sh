# Rules that name a protocol or ports decide over the way back of a packet's source, too: whether it is told of a
# shorter way, and whether rp_filter lets it in. Fragments have no ports, and what goes on has those of its own way.
ip netns add a
ip netns add r
ip netns add b
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec r sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add a0 netns a address 02:00:00:00:00:01 type veth peer name r0 netns r address 02:00:00:00:00:02
ip link add b0 netns b address 02:00:00:00:00:03 type veth peer name r1 netns r address 02:00:00:00:00:04
ip -n a link set a0 up
ip -n r link set r0 up
ip -n r link set r1 up
ip -n b link set b0 up
ip -n a addr add 10.0.0.2/24 dev a0
ip -n r addr add 10.0.0.1/24 dev r0
ip -n r addr add 10.0.1.1/24 dev r1
ip -n b addr add 10.0.1.2/24 dev b0
ip -n a neigh add 10.0.0.1 lladdr 02:00:00:00:00:02 dev a0
ip -n r neigh add 10.0.0.2 lladdr 02:00:00:00:00:01 dev r0
ip -n r neigh add 10.0.1.2 lladdr 02:00:00:00:00:03 dev r1
ip -n b neigh add 10.0.1.1 lladdr 02:00:00:00:00:04 dev b0
ip -n a route add default via 10.0.0.1
ip -n b route add default via 10.0.1.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec r nft -f - <<'X'
table ip t {
	chain f {
		type filter hook forward priority 0;
		oifname "r0" counter
		oifname "r1" counter
	}
	chain o {
		type filter hook output priority 0;
		icmp type redirect counter
		counter
	}
}
X
ip -n r route add default via 10.0.0.2 table 100
ip -n r rule add iif r0 lookup 100
ip netns exec a ping -c 1 -W 0.3 10.0.1.2
ip -n r rule del iif r0 lookup 100
ip -n r rule add ipproto icmp lookup 100
ip netns exec a ping -c 1 -W 0.3 10.0.1.2
ip netns exec a ping -c 1 -W 0.3 -s 3000 10.0.1.2
ip netns exec r nft list ruleset
ip -n r rule del ipproto icmp lookup 100
ip netns exec r sysctl -qw net.ipv4.conf.r0.rp_filter=1 net.ipv4.conf.r1.rp_filter=1
ip -n r route add default via 10.0.1.2 table 101
ip -n r rule add ipproto udp dport 99 lookup 101
ip netns exec a mausezahn a0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.2 -B 10.0.1.2 -t udp "sp=99,dp=7"
ip netns exec r nft list ruleset
ip netns exec a mausezahn a0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.2 -B 10.0.1.2 -t udp "sp=98,dp=7"
ip netns exec r nft list ruleset
ip netns exec r sysctl -qw net.ipv4.conf.r0.rp_filter=0 net.ipv4.conf.r1.rp_filter=0
ip -n r route replace default via 10.0.0.2 table 101
ip netns exec a mausezahn a0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.2 -B 10.0.1.2 -t udp "sp=98,dp=99"
ip netns exec r nft list ruleset
ip netns exec a nc -u -w 1 -p 2000 10.0.1.2 99 <<'X'
xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
X
ip netns exec r nft list ruleset
ip -n r rule del ipproto udp dport 99 lookup 101
ip -n r rule add iif lo ipproto udp lookup 101
ip netns exec a mausezahn a0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.2 -B 10.0.1.2 -t udp "sp=98,dp=99"
ip netns exec r nc -u -w 1 -p 2000 10.0.5.5 99 <<'X'
own
X
ip netns exec r nft list ruleset
ip -n r -s link show r0
