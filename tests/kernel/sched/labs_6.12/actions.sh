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
ip -n b addr add 10.0.0.9/24 dev v1
ip -n b addr add 10.0.1.2/24 dev v1
tc -n a filter add dev v0 egress protocol ip pref 1 flower ip_ttl 9 action nat ingress 10.0.0.2 10.0.0.9
tc -n a filter add dev v0 egress protocol ip pref 2 flower ip_ttl 8 action nat egress 10.0.0.0/24 10.0.7.0
tc -n a filter add dev v0 egress protocol ip pref 3 flower ip_ttl 7 action nat egress 10.0.0.77 10.0.7.0
tc -n a filter add dev v0 egress protocol ip pref 4 flower ip_ttl 6 action nat ingress 10.0.0.2 10.0.0.9 drop
tc -n a filter add dev v0 egress protocol ip pref 5 flower ip_proto udp dst_port 54 action nat ingress 10.0.0.2 10.0.0.9
tc -n a filter add dev v0 egress protocol ip pref 6 flower ip_proto tcp dst_port 54 action nat ingress 10.0.0.2 10.0.0.9
tc -n a filter add dev v0 egress protocol ip pref 7 flower ip_ttl 4 action skbmod set dmac 02:00:00:00:00:99
tc -n a filter add dev v0 egress protocol ip pref 8 flower ip_ttl 3 action skbmod set smac 02:00:00:00:00:98 set etype 0x88b5 action simple sdata seen
tc -n a filter add dev v0 egress protocol ip pref 9 flower ip_ttl 2 action skbmod swap mac
tc -n a filter add dev v0 egress protocol ip pref 10 flower ip_ttl 10 action skbmod ecn
tc -n a filter add dev v0 egress protocol ip pref 11 flower ip_ttl 11 action simple sdata hello drop
tc -n a filter add dev v0 egress protocol ip pref 12 flower ip_ttl 12 action gact drop random determ pass 2
tc -n a filter add dev v0 egress protocol ip pref 13 flower ip_ttl 13 action goto chain 5
tc -n a filter add dev v0 egress protocol ip pref 14 flower ip_ttl 14 action goto chain 6
tc -n a filter add dev v0 egress protocol ip pref 15 flower ip_ttl 16 action reclassify
tc -n a filter add dev v0 egress protocol ip chain 5 pref 1 flower ip_proto icmp action pedit ex munge ip ttl set 64 pipe csum ip action goto chain 6
tc -n a filter add dev v0 egress protocol ip chain 6 pref 1 flower ip_ttl 64 action pass
tc -n a filter add dev v0 egress protocol ip chain 6 pref 2 flower action drop
ip netns exec b nft -f - <<'Y'
table netdev t {
	chain i { type filter hook ingress device "v1" priority 0; ip daddr 10.0.0.9 counter; ip saddr 10.0.7.1 counter; ether daddr 02:00:00:00:00:99 counter; ether saddr 02:00:00:00:00:98 counter; meta protocol 0x88b5 counter; ether saddr 02:00:00:00:00:02 counter; ip ecn 3 counter; meta pkttype other counter; }
}
Y
ip netns exec a ping -c 1 -t 9 -W 1 10.0.0.2
ip netns exec a ping -c 1 -t 8 -W 1 10.0.0.2
ip netns exec a ping -c 1 -t 7 -W 1 10.0.0.2
ip netns exec a ping -c 1 -t 6 -W 1 10.0.0.2
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=9,dp=54"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t tcp "sp=9,dp=54,flags=syn"
ip netns exec a ping -c 1 -t 4 -W 1 10.0.0.2
ip netns exec a ping -c 1 -t 3 -W 1 10.0.0.2
ip netns exec a ping -c 1 -t 2 -W 1 10.0.0.2
ip netns exec a ping -c 1 -t 10 -W 1 10.0.0.2
ip netns exec a ping -c 1 -Q 1 -t 10 -W 1 10.0.0.2
ip netns exec a ping -c 1 -t 11 -W 1 10.0.0.2
ip netns exec a ping -c 4 -i 0.1 -t 12 -W 1 10.0.0.2
ip netns exec a ping -c 1 -t 13 -W 1 10.0.0.2
ip netns exec a ping -c 1 -t 14 -W 1 10.0.0.2
ip netns exec a ping -c 1 -t 16 -W 1 10.0.0.2
tc -n a -s filter show dev v0 egress
ip netns exec b nft list ruleset
ip -n b -s link
