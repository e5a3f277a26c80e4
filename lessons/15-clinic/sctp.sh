# A pod with one way out. The network behind eth0 carries UDP, TCP and ICMP, and throws SCTP away.
ip netns add pod
ip netns add net
ip netns add peer
ip netns exec pod sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec net sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec peer sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add eth0 netns pod address 02:00:00:00:00:01 type veth peer name p0 netns net address 02:00:00:00:00:11
ip link add p1 netns net address 02:00:00:00:00:12 type veth peer name eth0 netns peer address 02:00:00:00:00:02
ip link add sw netns net type bridge
ip -n net link set p0 master sw
ip -n net link set p1 master sw
ip -n net link set sw up
ip -n net link set p0 up
ip -n net link set p1 up
ip -n pod link set eth0 up
ip -n peer link set eth0 up
ip -n pod addr add 10.0.0.1/24 dev eth0
ip -n peer addr add 10.0.0.2/24 dev eth0
ip -n pod neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0
ip -n peer neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev eth0
ip netns exec net nft -f - <<'X'
table netdev fabric {
	chain carries { type filter hook ingress device "p0" priority filter; ip protocol sctp drop; }
}
X
ip netns exec peer nft -f - <<'X'
table inet own {
	chain input { type filter hook input priority filter; ip protocol sctp counter; }
}
X
ip netns exec pod mausezahn eth0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t ip "proto=132"
