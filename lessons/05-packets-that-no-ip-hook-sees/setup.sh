# A node at a network, and its chains: IP's on the way out, ARP's own, and at eth0 both hooks of the device.
ip netns add node
ip netns add net
ip netns exec node sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec net sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add eth0 netns node address 02:00:00:00:00:01 type veth peer name port1 netns net address 02:00:00:00:00:02
ip -n node link set eth0 up
ip -n net link set port1 up
ip -n node addr add 10.0.0.1/24 dev eth0
ip -n net addr add 10.0.0.2/24 dev port1
ip -n net neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev port1

ip netns exec node nft -f - <<'X'
table ip f {
	chain output { type filter hook output priority filter; udp dport { 67, 68 } counter drop; }
	chain postrouting { type filter hook postrouting priority filter; counter; }
}
table arp f {
	chain output { type filter hook output priority filter; counter; }
}
table netdev t {
	chain leaves { type filter hook egress device "eth0" priority filter; counter; }
}
X
tc -n node qdisc add dev eth0 clsact
tc -n node filter add dev eth0 egress pref 100 bpf da bytecode '1,6 0 0 0,'
ip netns exec net nft -f - <<'X'
table netdev t {
	chain arrives { type filter hook ingress device "port1" priority filter; counter; }
}
X

ip netns exec node mausezahn eth0 -q -c 1 -a own -b bcast -A 0.0.0.0 -B 255.255.255.255 -t udp "sp=68,dp=67"
ip netns exec node arping -c 1 -W 0.1 -i eth0 10.0.0.2
ip netns exec node ping -c 1 -W 1 10.0.0.2
ip netns exec node trafgen -o eth0 -n 1 -t 1ms -Q -C '{ fill(0xff, 6), 0x02, 0, 0, 0, 0, 1, c16(0x0806), c16(1), c16(0x0800), 6, 4, c16(1), 0x02, 0, 0, 0, 0, 1, 10, 0, 0, 1, fill(0, 6), 10, 0, 0, 1 }'
