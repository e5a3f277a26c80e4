# The same with a translator at eth0. It is a preview of the model's: nat64-preview is NOT IN LINUX.
ip netns add six
ip netns add router
ip netns add four
ip netns exec four sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec six sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0 net.ipv6.conf.all.addr_gen_mode=1 net.ipv6.conf.default.addr_gen_mode=1
ip netns exec router sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0 net.ipv6.conf.all.addr_gen_mode=1 net.ipv6.conf.default.addr_gen_mode=1
ip link add v6 netns six address 02:00:00:00:00:01 type veth peer name lan netns router address 02:00:00:00:00:02
ip link add eth0 netns router address 02:00:00:00:00:03 type veth peer name v4 netns four address 02:00:00:00:00:04
ip -n six link set v6 up
ip -n router link set lan up
ip -n router link set eth0 up
ip -n four link set v4 up
ip -n six addr add 2001:db8::2/64 dev v6 nodad
ip -n router addr add 2001:db8::1/64 dev lan nodad
ip -n router addr add 192.0.2.1/24 dev eth0
ip -n four addr add 192.0.2.2/24 dev v4
ip -n four addr add 192.0.2.3/24 dev v4
ip -n six -6 route add default via 2001:db8::1
ip -n router -6 route add 64:ff9b::/96 dev eth0
ip -n six -6 neigh add 2001:db8::1 lladdr 02:00:00:00:00:02 dev v6
ip -n router -6 neigh add 2001:db8::2 lladdr 02:00:00:00:00:01 dev lan
ip -n router -6 neigh add 64:ff9b::c000:202 lladdr 02:00:00:00:00:04 dev eth0
ip -n router -6 neigh add 64:ff9b::c000:203 lladdr 02:00:00:00:00:04 dev eth0
ip -n router neigh add 192.0.2.2 lladdr 02:00:00:00:00:04 dev eth0
ip -n four neigh add 192.0.2.64 lladdr 02:00:00:00:00:03 dev v4
ip -n four neigh add 192.0.2.1 lladdr 02:00:00:00:00:03 dev v4
ip netns exec router sysctl -qw net.ipv6.conf.all.forwarding=1

tc -n router qdisc add dev eth0 clsact
tc -n router filter add dev eth0 egress pref 10 bpf da bytecode '1,6 0 0 0,'

ip netns exec router nft -f - <<'X'
table netdev edge {
	chain leaves { type filter hook egress device "eth0" priority filter; ip daddr 192.0.2.2 icmp type echo-request counter drop; }
	chain arrives { type filter hook ingress device "eth0" priority filter; icmp type echo-reply counter; }
}
table inet seen {
	chain forward { type filter hook forward priority filter; icmpv6 type { echo-request, echo-reply } counter; }
	chain input { type filter hook input priority filter; icmp type echo-reply counter; }
}
X
ip netns exec four nft -f - <<'X'
table netdev seen {
	chain arrives { type filter hook ingress device "v4" priority filter; icmp type echo-request counter; icmpv6 type echo-request counter; }
}
X

ip netns exec router nat64-preview add dev eth0 prefix 64:ff9b::/96 source 192.0.2.64

ip netns exec six ping -c 1 -W 1 64:ff9b::c000:202
