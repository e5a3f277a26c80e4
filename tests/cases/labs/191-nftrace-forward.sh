# nft monitor trace through a router: jump, goto, return, the end of a chain, policy drop, reject, a rule added later
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
ip -n b route add default via 10.2.0.254
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec r nft -f - <<'X'
table inet t {
	set known { type ipv4_addr; elements = { 10.2.0.1, 10.2.0.9 }; }
	chain pre {
		type filter hook prerouting priority -300;
		ip saddr 10.1.0.1 meta nftrace set 1
	}
	chain forward {
		type filter hook forward priority 0; policy drop;
		meta mark set 0x2a
		ip daddr @known counter jump checks
		ip dscp 5 goto out
		ct state established,related accept
		udp dport 53 accept
		ip ttl 20-30 accept comment "near"
	}
	chain checks {
		ip ttl 29 return
		ip ttl 28 jump deeper
		ip ttl 27 drop
		ip ttl < 5 log prefix "low "
	}
	chain deeper { icmp type echo-request counter; }
	chain out { ip daddr 10.2.0.1 reject with icmp host-prohibited; }
	chain post { type filter hook postrouting priority 0; oifname "r1" counter accept; }
}
table ip u {
	chain forward { type filter hook forward priority 10; policy accept; tcp dport 80 reject with tcp reset; udp sport 999 drop; }
	chain in { type filter hook input priority 0; counter; }
}
X
ip netns exec r nft monitor trace &
sleep 0.3
ip netns exec a ping -c 1 -W 0.2 10.2.0.1 >/dev/null
ip netns exec a ping -c 1 -W 0.2 -t 30 10.2.0.1 >/dev/null
ip netns exec a ping -c 1 -W 0.2 -t 29 10.2.0.1 >/dev/null
ip netns exec a ping -c 1 -W 0.2 -t 28 10.2.0.1 >/dev/null
ip netns exec a ping -c 1 -W 0.2 -Q 20 10.2.0.1 >/dev/null
ip netns exec a ping -c 1 -W 0.2 10.1.0.254 >/dev/null
ip netns exec a mausezahn a0 -c 1 -A 10.1.0.1 -B 10.2.0.1 -t udp "sp=1000,dp=53" -b 02:00:00:00:00:02 -q
ip netns exec r nft insert rule inet t forward tcp dport 80 accept
ip netns exec a mausezahn a0 -c 1 -A 10.1.0.1 -B 10.2.0.1 -t tcp "sp=1000,dp=80,flags=syn" -b 02:00:00:00:00:02 -q
ip netns exec a mausezahn a0 -c 1 -A 10.1.0.1 -B 10.2.0.1 -t tcp "sp=1000,dp=81,flags=syn|ack" -b 02:00:00:00:00:02 -q
sleep 0.3
kill %1
wait
timeout 1 nft monitor trace
nft monitor often trace
