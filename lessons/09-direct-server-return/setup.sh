# A load balancer and its server on one machine. The service has the address 10.0.0.100, and so has the server's lo.
# What arrives for it is handed to the server; the server's answers are handed straight to the wire.
# web2 is a second server that is not cabled yet.
ip netns add client
ip netns add node
ip netns add web
ip netns add web2
ip netns exec client sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec node sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec web sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec web2 sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add c0 netns client address 02:00:00:00:00:02 type veth peer name eth0 netns node address 02:00:00:00:00:01
ip link add vweb netns node address 02:00:00:00:00:03 type veth peer name w0 netns web address 02:00:00:00:00:04
ip -n client link set c0 up
ip -n node link set eth0 up
ip -n node link set vweb up
ip -n web link set lo up
ip -n web link set w0 up
ip -n client addr add 10.0.0.2/24 dev c0
ip -n client addr add 10.0.0.3/24 dev c0
ip -n node addr add 10.0.0.1/24 dev eth0
ip -n web addr add 10.0.0.100/32 dev lo
ip -n web addr add 10.0.1.2/24 dev w0
ip -n web route add 10.0.0.0/24 dev w0 src 10.0.1.2
ip -n client neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev c0
ip -n client neigh add 10.0.0.100 lladdr 02:00:00:00:00:01 dev c0
ip -n node neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0
ip -n web neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev w0
ip -n web neigh add 10.0.0.3 lladdr 02:00:00:00:00:02 dev w0
ip -n web2 link set lo up
ip -n web2 addr add 10.0.0.100/32 dev lo

ip netns exec node nft -f - <<'X'
table netdev dsr {
	chain from_wire { type filter hook ingress device "eth0" priority filter; ip daddr 10.0.0.100 counter ether daddr set 02:00:00:00:00:04 fwd to "vweb"; }
	chain from_web { type filter hook ingress device "vweb" priority filter; ip daddr 10.0.0.0/24 counter fwd to "eth0"; }
	chain to_web { type filter hook egress device "vweb" priority filter; counter; }
	chain to_wire { type filter hook egress device "eth0" priority filter; counter; }
}
table ip router {
	chain before { type filter hook prerouting priority filter; counter; }
	chain forward { type filter hook forward priority filter; counter; }
}
X
ip netns exec web nft -f - <<'X'
table ip own {
	chain input { type filter hook input priority filter; counter; }
	chain output { type filter hook output priority filter; counter; }
}
X

ip netns exec client ping -c 1 -W 1 10.0.0.100
