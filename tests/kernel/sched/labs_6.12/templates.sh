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
tc -n a qdisc add dev v0 clsact
tc -n b qdisc add dev v1 clsact
ip netns exec a nft -f - <<'Y'
table ip t {
	chain o { type filter hook output priority 0; ct state new counter; }
}
Y
tc -n a filter add dev v0 egress protocol ip pref 1 flower ct_state +trk action continue
tc -n a filter add dev v0 egress protocol ip pref 2 flower ct_state +trk+new action continue
tc -n a filter add dev v0 egress protocol ip pref 3 flower ct_state +trk+est action continue
tc -n a filter add dev v0 egress protocol ip pref 4 flower ct_state -trk action continue
tc -n a filter add dev v0 egress protocol ip pref 5 flower dst_ip 10.0.0.2 classid 1:7 action mirred egress mirror dev v0
tc -n a filter add dev v0 egress protocol ip pref 6 flower action drop
tc -n b filter add dev v1 ingress protocol ip pref 1 flower src_ip 10.0.0.0/30 ip_proto icmp action police rate 1mbit burst 10k conform-exceed drop/pipe action goto chain 2
tc -n b chain add dev v1 ingress chain 2 protocol ip flower ip_proto icmp type 0/255
tc -n b filter add dev v1 ingress chain 2 protocol ip pref 1 flower ip_proto icmp type 8 action pass
tc -n b filter add dev v1 ingress chain 2 protocol ip pref 2 flower ip_proto icmp action drop
tc -n b filter add dev v1 ingress chain 2 protocol ip pref 3 flower dst_ip 10.0.0.2 action drop
ip netns exec a ping -c 3 -i 0.2 -W 1 10.0.0.2
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.3 -t udp "sp=9,dp=53"
tc -n a -s filter show dev v0 egress
tc -n b -s filter show dev v1 ingress
tc -n b chain show dev v1 ingress
tc -n b filter replace dev v1 ingress chain 2 protocol ip pref 1 handle 1 flower ip_proto icmp type 8 action drop
tc -n b filter change dev v1 ingress chain 2 protocol ip pref 2 handle 1 flower ip_proto icmp action continue
ip netns exec a ping -c 1 -W 1 10.0.0.2
tc -n b filter del dev v1 ingress chain 2 protocol ip pref 1 handle 1 flower
ip netns exec a ping -c 1 -W 1 10.0.0.2
tc -n b -s filter show dev v1 ingress
tc -n b filter del dev v1 ingress protocol ip pref 1
ip netns exec a ping -c 1 -W 1 10.0.0.2
tc -n b -s filter show dev v1 ingress
tc -n b -s qdisc show dev v1
ip -n b -s link
