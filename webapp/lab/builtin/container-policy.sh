# An outbound policy for a container, kept on the host's side of its veth: what the
# container may send is decided at nft ingress of vethh, what it may receive at nft egress.
ip netns add outside
ip netns add host
ip netns add container
ip netns exec outside sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec host sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec container sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add wire netns outside address 02:00:00:00:00:02 type veth peer name eth0 netns host address 02:00:00:00:00:01
ip link add vethh netns host address 02:00:00:00:00:03 type veth peer name vethc netns container address 02:00:00:00:00:04
ip -n outside link set wire up
ip -n host link set eth0 up
ip -n host link set vethh up
ip -n container link set vethc up
ip -n outside addr add 10.0.0.2/24 dev wire
ip -n host addr add 10.0.0.1/24 dev eth0
ip -n container addr add 10.0.1.3/24 dev vethc
ip -n host addr add 10.0.1.1/24 dev vethh
ip netns exec host sysctl -qw net.ipv4.ip_forward=1
ip -n container route add default via 10.0.1.1
ip -n outside route add 10.0.1.0/24 via 10.0.0.1

ip netns exec host nft -f - <<'X'
table netdev outbound {
	chain from_container {
		type filter hook ingress device "vethh" priority filter; policy drop;
		ether type arp accept
		ip daddr 10.0.0.2 icmp type { echo-request, echo-reply } counter accept
		ip daddr 10.0.0.2 udp dport 53 counter accept
		counter
	}
	chain leaves_host {
		type filter hook egress device "eth0" priority filter; policy accept;
		ip saddr 10.0.1.3 udp dport != 53 counter drop
		counter
	}
}
X

ip netns exec container ping -c 1 -W 1 10.0.0.2
ip netns exec container ping -c 1 -W 1 10.0.0.1
ip netns exec host nft list ruleset
