# nft monitor trace with NAT: dnat and masquerade, packets that conntrack does not look at, the answers, and -a
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add r
ip netns exec r sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add a0 netns a address 02:00:00:00:00:01 type veth peer name r0 netns r address 02:00:00:00:00:02
ip link add r1 netns r address 02:00:00:00:00:03 type veth peer name b0 netns b address 02:00:00:00:00:04
ip -n a link set a0 up
ip -n r link set r0 up
ip -n r link set r1 up
ip -n b link set b0 up
ip -n a addr add 10.1.0.1/24 dev a0
ip -n r addr add 10.1.0.254/24 dev r0
ip -n r addr add 10.2.0.254/24 dev r1
ip -n b addr add 10.2.0.1/24 dev b0
ip -n a route add default via 10.1.0.254
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec r nft -f - <<'X'
table ip nat {
	chain raw {
		type filter hook prerouting priority raw;
		meta nftrace set 1
		ip ttl 9 notrack
	}
	chain pre {
		type nat hook prerouting priority dstnat;
		ip daddr 10.9.9.9 dnat to 10.2.0.1
	}
	chain forward {
		type filter hook forward priority filter;
		ct state vmap { established : accept, new : jump fresh, untracked : drop }
	}
	chain fresh { limit rate 10/second accept; }
	chain post {
		type nat hook postrouting priority srcnat;
		oifname "r1" masquerade
	}
}
X
ip netns exec r nft -a monitor trace &
sleep 0.3
ip netns exec a ping -c 1 -W 0.2 10.9.9.9 >/dev/null
ip netns exec a ping -c 1 -W 0.2 10.2.0.1 >/dev/null
ip netns exec a ping -c 1 -W 0.2 -t 9 10.9.9.9 >/dev/null
ip netns exec a ping -c 1 -W 0.2 -t 9 10.2.0.1 >/dev/null
sleep 0.3
kill %1
wait
ip netns exec r conntrack -L
