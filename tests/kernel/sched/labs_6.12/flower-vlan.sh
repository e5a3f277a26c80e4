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
tc -n a filter add dev v0 egress protocol 802.1q pref 1 flower vlan_id 5 action continue
tc -n a filter add dev v0 egress protocol 802.1q pref 1 flower vlan_id 6 action continue
tc -n a filter add dev v0 egress protocol 802.1q pref 2 flower vlan_prio 3 action continue
tc -n a filter add dev v0 egress protocol 802.1q pref 2 flower vlan_prio 0 action continue
tc -n a filter add dev v0 egress protocol 802.1q pref 3 flower vlan_ethtype ip action continue
tc -n a filter add dev v0 egress protocol 802.1q pref 3 flower vlan_ethtype arp action continue
tc -n a filter add dev v0 egress protocol 802.1q pref 3 flower vlan_id 5 vlan_ethtype ip dst_ip 10.0.0.2 action continue
tc -n a filter add dev v0 egress protocol 802.1q pref 4 flower vlan_ethtype ip ip_proto udp dst_port 53 action continue
tc -n a filter add dev v0 egress protocol 802.1q pref 5 flower vlan_ethtype 802.1q cvlan_id 9 action continue
tc -n a filter add dev v0 egress protocol 802.1q pref 5 flower vlan_ethtype 802.1q cvlan_id 9 cvlan_ethtype ip action continue
tc -n a filter add dev v0 egress protocol 802.1q pref 6 flower action continue
tc -n a filter add dev v0 egress protocol ip pref 7 flower action continue
tc -n a filter add dev v0 egress protocol ip pref 8 flower dst_ip 10.0.0.2 action continue
tc -n a filter add dev v0 egress protocol all pref 9 flower num_of_vlans 1 action continue
tc -n a filter add dev v0 egress protocol all pref 9 flower num_of_vlans 2 action continue
tc -n a filter add dev v0 egress protocol all pref 10 flower action continue
tc -n a filter add dev v0 egress protocol 802.1ad pref 11 flower vlan_id 5 action continue
tc -n b filter add dev v1 ingress protocol 802.1q pref 1 flower vlan_id 5 action continue
tc -n b filter add dev v1 ingress protocol 802.1q pref 2 flower vlan_prio 3 action continue
tc -n b filter add dev v1 ingress protocol 802.1q pref 3 flower vlan_ethtype ip dst_ip 10.0.0.2 action continue
tc -n b filter add dev v1 ingress protocol 802.1q pref 4 flower vlan_ethtype ip ip_proto udp dst_port 53 action continue
tc -n b filter add dev v1 ingress protocol 802.1q pref 5 flower vlan_ethtype 802.1q cvlan_id 9 action continue
tc -n b filter add dev v1 ingress protocol 802.1q pref 5 flower vlan_ethtype 802.1q cvlan_ethtype ip dst_ip 10.0.0.2 action continue
tc -n b filter add dev v1 ingress protocol ip pref 6 flower action continue
tc -n b filter add dev v1 ingress protocol all pref 7 flower num_of_vlans 1 action continue
tc -n b filter add dev v1 ingress protocol all pref 7 flower num_of_vlans 2 action continue
tc -n b filter add dev v1 ingress protocol 802.1ad pref 8 flower vlan_id 5 action continue
ip netns exec a ping -c 1 -W 1 10.0.0.2
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -Q 5 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=1,dp=53"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -Q 3:6 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=1,dp=54"
ip netns exec a mausezahn v0 -q -c 1 "02:00:00:00:00:02 02:00:00:00:00:01 81:00 60:05 81:00 00:09 08:00 45 00 00 1c 00 00 00 00 40 11 00 00 0a 00 00 01 0a 00 00 02 00 35 00 35 00 08 00 00"
ip netns exec a mausezahn v0 -q -c 1 "02:00:00:00:00:02 02:00:00:00:00:01 88:a8 60:05 81:00 00:09 08:00 45 00 00 1c 00 00 00 00 40 11 00 00 0a 00 00 01 0a 00 00 02 00 35 00 35 00 08 00 00"
ip netns exec a mausezahn v0 -q -c 1 "02:00:00:00:00:02 02:00:00:00:00:01 81:00 60:05 08:06 00 01 08 00 06 04 00 01 02 00 00 00 00 01 0a 00 00 01 00 00 00 00 00 00 0a 00 00 02"
tc -n a -s filter show dev v0 egress
tc -n b -s filter show dev v1 ingress
tc -n a filter del dev v0 egress
tc -n a filter add dev v0 egress protocol ip pref 1 matchall action vlan push id 5 priority 3 pipe action reclassify
tc -n a filter add dev v0 egress protocol 802.1q pref 2 flower vlan_id 5 action continue
tc -n a filter add dev v0 egress protocol 802.1q pref 3 flower vlan_ethtype ip dst_ip 10.0.0.2 action continue
tc -n a filter add dev v0 egress protocol 802.1q pref 4 flower vlan_prio 3 action continue
tc -n a filter add dev v0 egress protocol all pref 5 flower num_of_vlans 1 action continue
ip netns exec a ping -c 1 -W 1 10.0.0.2
tc -n a -s filter show dev v0 egress
tc -n b -s filter show dev v1 ingress
tc -n a filter del dev v0 egress
tc -n a filter add dev v0 egress protocol ip pref 1 flower ip_proto icmp action vlan push id 5 priority 3 pipe action vlan push id 6 protocol 802.1ad pipe action continue
tc -n a filter add dev v0 egress protocol 802.1ad pref 2 flower vlan_id 6 action continue
tc -n a filter add dev v0 egress protocol 802.1ad pref 3 flower vlan_ethtype 802.1q cvlan_id 5 cvlan_prio 3 action continue
tc -n a filter add dev v0 egress protocol 802.1ad pref 4 flower vlan_ethtype 802.1q cvlan_ethtype ip dst_ip 10.0.0.2 ip_proto icmp action continue
tc -n a filter add dev v0 egress protocol 802.1ad pref 5 u32 match u8 0x45 0xff at 0 action continue
tc -n a filter add dev v0 egress protocol 802.1ad pref 6 matchall action vlan pop pipe action vlan pop continue
tc -n a filter add dev v0 egress protocol ip pref 7 flower dst_ip 10.0.0.2 action continue
tc -n a filter add dev v0 egress protocol 802.1q pref 8 flower action continue
ip netns exec a ping -c 1 -W 1 10.0.0.2
tc -n a -s filter show dev v0 egress
tc -n b -s filter show dev v1 ingress
