# two copies of a new connection's first packet come out of a tunnel at once: the second is lost at its confirmation
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
ip -n a link add vx address 02:00:00:00:00:03 type vxlan id 7 local 192.0.2.1 remote 192.0.2.2 dstport 4789 dev u0 noudpcsum
ip -n a link set vx up
ip -n b link add vx address 02:00:00:00:00:04 type vxlan id 7 local 192.0.2.2 remote 192.0.2.1 dstport 4789 dev u1 noudpcsum
ip -n b link set vx up
ip -n a addr add 10.5.0.1/24 dev vx
ip -n b addr add 10.5.0.2/24 dev vx
ip -n a neigh add 10.5.0.2 lladdr 02:00:00:00:00:04 dev vx
ip netns exec a nft -f - <<'X'
table ip f {
	set hosts {
		type ipv4_addr
	}
	chain pos1 {
		type filter hook postrouting priority -150; policy accept;
		counter
		meta l4proto udp dup to 192.0.2.2 device "u0"
		counter
	}
}
X
ip netns exec b nft -f - <<'X'
table netdev t {
	chain e0 {
		type filter hook egress devices = { u1, vx } priority -150; policy accept;
		ether daddr != 02:00:00:00:00:02 counter meta mark set meta mark | 1
		counter
	}
}
table ip f {
	chain for0 {
		type filter hook forward priority -5; policy accept;
		ct state != new counter meta mark set 3
		ct direction original counter
	}
}
X
ip netns exec a ping -c 1 -W 1 10.5.0.2
ip netns exec b nft list ruleset
ip -n a -s link
