# nft monitor trace at a device's hooks: what egress tells of a packet, what ingress does, and what fwd and dup tell
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1
ip link add d0 netns b address 02:00:00:00:00:03 type veth peer name d1 netns a address 02:00:00:00:00:04
ip -n b link set d0 up
ip -n a link set d1 up
ip netns exec a nft -f - <<'X'
table netdev ta {
	chain e {
		type filter hook egress device "v0" priority 0; policy accept;
		ip protocol icmp meta nftrace set 1
		ether type arp counter meta nftrace set 1
		ip ttl 9 drop
		counter packets 0 bytes 0 meta mark set 7
	}
}
X
ip netns exec b nft -f - <<'X'
table netdev tb {
	chain i {
		type filter hook ingress device "v1" priority 0; policy accept;
		meta nftrace set 1
		ip ttl 7 goto gone
		ip ttl 8 dup to "d0"
		ip ttl 10 fwd to "d0"
		ip ttl 11 meta nftrace set 0
		ip protocol icmp counter jump sub
		ether type arp accept
	}
	chain sub { icmp type { echo-request, echo-reply } counter return; }
	chain gone { ip ttl 64 drop; }
}
X
ip netns exec a nft monitor trace &
sleep 0.3
ip netns exec a ping -c 1 -W 0.2 10.0.0.2 >/dev/null
ip netns exec a ping -c 1 -t 9 -W 0.2 10.0.0.2 >/dev/null 2>&1
sleep 0.3
kill %1
wait
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:01 dev v1
timeout 4 ip netns exec b nft monitor trace &
sleep 0.3
ip netns exec a ping -c 1 -W 0.2 10.0.0.2 >/dev/null
ip netns exec a ping -c 1 -t 7 -W 0.2 10.0.0.2 >/dev/null
ip netns exec a ping -c 1 -t 8 -W 0.2 10.0.0.2 >/dev/null
ip netns exec a ping -c 1 -t 10 -W 0.2 10.0.0.2 >/dev/null
ip netns exec a ping -c 1 -t 11 -W 0.2 10.0.0.2 >/dev/null
wait
ip netns exec b nft list ruleset
