# dnat leads a tunnel's packets into the tunnel again
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add u0 netns a address 02:00:00:00:00:01 type veth peer name u1 netns b address 02:00:00:00:00:02
ip -n a link set u0 up
ip -n b link set u1 up
ip -n a addr add 192.0.2.1/24 dev u0
ip -n b addr add 192.0.2.2/24 dev u1
ip -n a link add vx address 02:00:00:00:00:03 type vxlan id 7 local 192.0.2.1 remote 192.0.2.2 dstport 4789 noudpcsum
ip -n a link set vx up
ip -n b link add vx address 02:00:00:00:00:04 type vxlan id 7 local 192.0.2.2 remote 192.0.2.1 dstport 4789 ttl 5 noudpcsum
ip -n b link set vx up
ip -n a addr add 10.5.0.1/24 dev vx
ip -n b addr add 10.5.0.2/24 dev vx
ip netns exec a nft -f - <<'X'
table ip n {
}
X
ip netns exec b nft -f - <<'X'
table ip n {
	chain noutput {
		type nat hook output priority -100; policy accept;
		udp length > 8 counter dnat to 10.5.0.1
	}
}
X
ip netns exec a ping -c 1 -W 0.3 10.5.0.2
ip netns exec a nft list ruleset
ip netns exec b nft list ruleset
