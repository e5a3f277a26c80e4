# A tunnel that is a bridge's port answers itself to packets that are too large for the way below.
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add s
ip netns exec s sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add t
ip netns exec t sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add va netns a address 02:00:00:00:00:01 type veth peer name pa netns s address 02:00:00:00:00:02
ip link add u0 netns s address 02:00:00:00:00:03 type veth peer name u1 netns t address 02:00:00:00:00:04
ip -n s addr add 192.0.2.1/24 dev u0
ip -n t addr add 192.0.2.2/24 dev u1
ip -n s neigh add 192.0.2.2 lladdr 02:00:00:00:00:04 dev u0
ip -n t neigh add 192.0.2.1 lladdr 02:00:00:00:00:03 dev u1
ip -n s link add vx address 02:00:00:00:00:05 type vxlan id 7 local 192.0.2.1 remote 192.0.2.2 dstport 4789 noudpcsum
ip -n t link add vx address 02:00:00:00:00:06 type vxlan id 7 local 192.0.2.2 remote 192.0.2.1 dstport 4789 noudpcsum
ip -n s link add br0 address 02:00:00:00:00:07 type bridge mcast_snooping 0
ip netns exec s sysctl -qw net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0
ip -n s link set pa master br0
ip -n s link set vx master br0
ip -n a link set va up
ip -n s link set pa up
ip -n s link set u0 up
ip -n t link set u1 up
ip -n s link set vx up
ip -n t link set vx up
ip -n s link set br0 up
ip -n a addr add 10.0.0.1/24 dev va
ip -n t addr add 10.0.0.2/24 dev vx
ip -n s addr add 10.0.0.3/24 dev br0
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:06 dev va
ip -n t neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev vx
ip -n s neigh add 10.0.0.2 lladdr 02:00:00:00:00:06 dev br0
ip -n t neigh add 10.0.0.3 lladdr 02:00:00:00:00:07 dev vx
ip netns exec a nft -f - <<'R'
table inet t {
	chain in {
		type filter hook input priority 0;
		icmp type destination-unreachable icmp code frag-needed icmp mtu 1450 ip ttl 64 counter
		icmp type destination-unreachable ip daddr 10.0.0.1 ip saddr 10.0.0.2 ip length 576 ip id 0 counter
		icmpv6 type packet-too-big icmpv6 mtu 1450 ip6 length 1240 ip6 hoplimit 64 counter
	}
}
table netdev n {
	chain i {
		type filter hook ingress device "va" priority 0;
		ether saddr 02:00:00:00:00:06 ether daddr 02:00:00:00:00:01 icmp type destination-unreachable counter
	}
}
R
ip netns exec a ping -c 1 -W 0.3 -s 1472 10.0.0.2
ip netns exec a ping -c 1 -W 0.3 -s 1472 10.0.0.2
ip netns exec a ping -c 1 -W 0.3 -s 1472 -M dont 10.0.0.2
ip -n a route flush cache
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:06 -A 10.0.0.1 -B 10.0.0.2 -p 1460 -t udp "sp=9,dp=9"
ip netns exec a nft list ruleset
ip -n a -s link show va
ip -n s -s link
bridge -n s fdb show br br0 dynamic
ip netns exec a sysctl -qw net.ipv6.conf.va.disable_ipv6=0
ip netns exec t sysctl -qw net.ipv6.conf.vx.disable_ipv6=0
ip -n a addr add 2001:db8::1/64 dev va nodad
ip -n t addr add 2001:db8::2/64 dev vx nodad
ip -n a neigh add 2001:db8::2 lladdr 02:00:00:00:00:06 dev va
ip -n t neigh add 2001:db8::1 lladdr 02:00:00:00:00:01 dev vx
ip netns exec a ping -c 1 -W 0.3 -s 1452 2001:db8::2
ip netns exec a ping -c 1 -W 0.3 -s 1452 2001:db8::2
ip netns exec a nft list ruleset
