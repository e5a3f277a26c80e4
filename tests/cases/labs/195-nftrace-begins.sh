# nft monitor trace of packets whose tracing begins with the verdict, of fragments, flags and tags, and of rules added later
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0
ip -n b neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev v1
ip netns exec b nft -f - <<'X'
table netdev n {
	chain i {
		type filter hook ingress device "v1" priority 0;
		ip saddr 10.0.0.1 ip ttl 5 meta nftrace set 1 accept
		ip saddr 10.0.0.1 ip ttl 6 meta nftrace set 1 return
		ip saddr 10.0.0.1 ip ttl 7 meta nftrace set 1 fwd to "v1"
		ip saddr 10.0.0.1 ip ttl 8 meta nftrace set 1
		ip frag-off & 0x1fff != 0 meta nftrace set 1
	}
}
table ip t {
	chain p { type filter hook prerouting priority -200; policy drop; icmp type echo-request ip ttl 8 accept; ip protocol vmap { udp : drop, icmp : accept, tcp : accept } ; }
	chain i { type filter hook input priority 0; tcp flags syn / syn,ack reject; }
}
X
ip netns exec b nft monitor trace &
sleep 0.3
ip netns exec a ping -c 1 -W 0.2 -t 5 10.0.0.2 >/dev/null
ip netns exec a ping -c 1 -W 0.2 -t 6 10.0.0.2 >/dev/null
ip netns exec a ping -c 1 -W 0.2 -t 7 10.0.0.2 >/dev/null
ip netns exec a ping -c 1 -W 0.2 -t 8 10.0.0.2 >/dev/null
ip netns exec a ping -c 1 -W 0.2 -s 2000 10.0.0.2 >/dev/null
ip netns exec a mausezahn v0 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=5,dp=6" -b 02:00:00:00:00:02 -q
ip netns exec b nft add rule netdev n i meta nftrace set 1
ip netns exec a mausezahn v0 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t tcp "sp=1000,dp=80,flags=syn" -b 02:00:00:00:00:02 -q
ip netns exec a mausezahn v0 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t tcp "sp=1000,dp=80,flags=syn|ack" -b 02:00:00:00:00:02 -q
ip netns exec a mausezahn v0 -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -q "88:f7 01:02:03:04:05:06:07:08:09:0a:0b:0c"
ip netns exec a mausezahn v0 -c 1 -Q 3:7 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=5,dp=6" -b 02:00:00:00:00:02 -q
sleep 0.3
kill %1
wait
ip netns exec b nft -f - <<'X'
delete table netdev n
X
ip netns exec a ping -c 1 -W 0.2 -t 8 10.0.0.2 >/dev/null
