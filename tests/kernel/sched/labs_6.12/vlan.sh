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
tc -n a filter add dev v0 egress protocol ip pref 1 flower dst_ip 10.0.0.9 action vlan push id 7
tc -n a filter add dev v0 egress protocol ip pref 2 flower dst_ip 10.0.0.8 action vlan push id 7 priority 2 action vlan push id 8 protocol 802.1ad action vlan modify id 9 priority 5
tc -n a filter add dev v0 egress protocol ip pref 3 flower dst_ip 10.0.0.7 action vlan push id 7 action vlan pop
tc -n a filter add dev v0 egress protocol ip pref 4 flower dst_ip 10.0.0.6 action vlan pop
tc -n a filter add dev v0 egress protocol ip pref 5 flower dst_ip 10.0.0.5 action vlan modify id 6
tc -n a filter add dev v0 egress protocol ip pref 6 flower dst_ip 10.0.0.4 action vlan push_eth dst_mac 02:00:00:00:00:02 src_mac 02:00:00:00:00:01
tc -n a filter add dev v0 egress protocol ip pref 7 flower dst_ip 10.0.0.3 action vlan pop_eth
tc -n a filter add dev v0 egress protocol 802.1q pref 8 flower vlan_id 5 action vlan pop
tc -n a filter add dev v0 egress protocol 802.1q pref 9 flower vlan_id 6 action vlan modify id 60
tc -n a filter add dev v0 egress protocol 802.1q pref 10 flower vlan_id 7 action vlan push id 70
tc -n a filter add dev v0 egress protocol 802.1q pref 11 flower vlan_id 8 action vlan modify id 80 protocol 802.1ad priority 1
ip netns exec b nft -f - <<'Y'
table netdev t {
	chain i { type filter hook ingress device "v1" priority 0; counter; meta protocol ip counter; meta protocol vlan counter; meta protocol 0x88a8 counter; vlan id 7 counter; vlan id 9 counter; vlan id 60 counter; vlan id 70 counter; vlan id 80 counter; vlan pcp 2 counter; ip daddr 10.0.0.7 counter; ether type 0x8100 counter; }
}
Y
tc -n b filter add dev v1 ingress protocol 802.1q pref 1 flower vlan_id 7 action continue
tc -n b filter add dev v1 ingress protocol 802.1ad pref 2 flower vlan_id 9 vlan_prio 5 action continue
tc -n b filter add dev v1 ingress protocol 802.1ad pref 3 flower vlan_ethtype 802.1q cvlan_id 7 cvlan_prio 2 action continue
tc -n b filter add dev v1 ingress protocol 802.1q pref 4 flower vlan_id 60 action vlan pop continue
tc -n b filter add dev v1 ingress protocol ip pref 5 flower dst_ip 10.0.0.2 action continue
tc -n b filter add dev v1 ingress protocol 802.1q pref 6 flower vlan_id 70 action vlan pop continue
tc -n b filter add dev v1 ingress protocol 802.1q pref 7 flower vlan_id 7 action vlan modify id 71 pipe action vlan pop
tc -n b filter add dev v1 ingress protocol 802.1ad pref 8 flower vlan_id 80 vlan_prio 1 action vlan pop pass
tc -n b filter add dev v1 ingress protocol ip pref 9 flower dst_ip 10.0.0.5 action vlan pop pipe action vlan push id 9 pipe action drop
tc -n b filter add dev v1 ingress protocol ip pref 10 flower dst_ip 10.0.0.100 action vlan push_eth dst_mac 02:00:00:00:00:02 src_mac 02:00:00:00:00:01
tc -n b filter add dev v1 ingress protocol ip pref 11 flower dst_ip 10.0.0.101 action vlan pop_eth
tc -n b filter add dev v1 ingress protocol all pref 12 flower action continue
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.9 -t udp "sp=1,dp=53"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.8 -t udp "sp=1,dp=53"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.7 -t udp "sp=1,dp=53"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.6 -t udp "sp=1,dp=53"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.5 -t udp "sp=1,dp=53"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.4 -t udp "sp=1,dp=53"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.100 -t udp "sp=1,dp=53"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -Q 5 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=1,dp=53"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -Q 6 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=1,dp=53"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -Q 7 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=1,dp=53"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -Q 3:8 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=1,dp=53"
ip netns exec a ping -c 1 -W 1 10.0.0.2
tc -n a -s filter show dev v0 egress
tc -n b -s filter show dev v1 ingress
ip netns exec b nft list ruleset
ip -n a -s link
ip -n b -s link
