# the underlay's flows: one for all ARP, one for a ping and its answer, one for each timeout of a connection
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add u0 netns a address 02:00:00:00:00:01 type veth peer name u1 netns b address 02:00:00:00:00:02
ip -n a link set u0 up
ip -n b link set u1 up
ip -n a addr add 192.0.2.1/24 dev u0
ip -n b addr add 192.0.2.2/24 dev u1
ip -n a neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev u0
ip -n b neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev u1
ip -n a link add vx address 02:00:00:00:00:03 type vxlan id 7 local 192.0.2.1 remote 192.0.2.2 dstport 4789
ip -n b link add vx address 02:00:00:00:00:04 type vxlan id 7 local 192.0.2.2 remote 192.0.2.1 dstport 4789
ip -n a link set vx up
ip -n b link set vx up
ip -n a addr add 10.5.0.1/24 dev vx
ip -n b addr add 10.5.0.2/24 dev vx
ip netns exec a sysctl -qw net.ipv4.tcp_syn_linear_timeouts=0
ip netns exec a nft -f - <<'X'
table ip n {
	chain pre {
		type nat hook prerouting priority -100; policy accept;
		ct state new counter
	}
	chain post {
		type nat hook postrouting priority 100; policy accept;
		ct state new udp dport 4789 counter
	}
}
X
ip netns exec b nft -f - <<'X'
table ip f {
	chain in {
		type filter hook input priority 0; policy accept;
		tcp dport 2111 counter drop
		tcp dport 2112 counter
	}
}
X
ip netns exec a arping -c 2 -W 0.1 -i vx 10.5.0.2
ip netns exec a nft list table ip n
ip netns exec a ping -c 3 -i 0.2 -W 0.3 10.5.0.2
ip netns exec a nft list table ip n
ip netns exec a nc -N -p 26887 -v -w 2 10.5.0.2 2111 <<'X'
hello
X
ip netns exec a nft list table ip n
ip netns exec a nc -N -p 26888 -v -w 2 10.5.0.2 2112 <<'X'
hello
X
ip netns exec a nft list table ip n
ip netns exec b nc -l -p 2113 > /dev/null &
sleep 0.3
ip netns exec a nc -N -p 26889 -v -w 2 10.5.0.2 2113 <<'X'
hello
X
ip netns exec a nft list table ip n
ip netns exec b nft list ruleset
