# nft monitor trace of IPv6 with its neighbours, of loopback, of fragments before they are such, and of raw egress
ip netns add a
ip netns add b
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip netns exec a sysctl -qw net.ipv6.conf.v0.addr_gen_mode=1
ip netns exec b sysctl -qw net.ipv6.conf.v1.addr_gen_mode=1
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a link set lo up
ip -n a addr add fd00::1/64 dev v0 nodad
ip -n b addr add fd00::2/64 dev v1 nodad
ip -n a addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0
ip -n b neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev v1
ip netns exec a nft -f - <<'X'
table inet t {
	chain o {
		type filter hook output priority 0;
		icmpv6 type { echo-request, nd-neighbor-solicit } meta nftrace set 1
		udp dport { 7, 9 } meta nftrace set 1 meta priority set 1:2
		oif "lo" meta nftrace set 1
		ip protocol icmp ip length > 1000 meta nftrace set 1 meta mark set 9
		tcp dport 80 meta nftrace set 1 reject with tcp reset
		ip6 daddr fd00::9 meta nftrace set 1 drop
	}
	chain p { type filter hook postrouting priority 0; oif "lo" accept; }
	chain i { type filter hook input priority 0; policy drop; counter; iif "lo" jump l; icmpv6 type { nd-neighbor-advert, nd-neighbor-solicit, echo-reply } meta nftrace set 1 accept; ip protocol icmp accept; }
	chain l { return; }
}
table netdev e {
	chain e { type filter hook egress device "v0" priority 0; meta protocol ip6 counter; }
}
X
ip netns exec a nft monitor trace &
sleep 0.3
ip netns exec a ping -c 1 -W 0.5 fd00::2 >/dev/null
ip netns exec a ping -c 1 -W 0.2 127.0.0.1 >/dev/null
ip netns exec a ping -c 1 -W 0.2 ::1 >/dev/null
ip netns exec a ping -c 1 -W 0.2 -s 2000 10.0.0.2 >/dev/null
ip netns exec a ping -c 1 -W 0.2 fd00::9 >/dev/null
sleep 0.3
kill %1
wait
