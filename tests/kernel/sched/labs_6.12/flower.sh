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
tc -n a filter add dev v0 egress protocol ip pref 1 flower dst_ip 10.0.0.2 action continue
tc -n a filter add dev v0 egress protocol ip pref 2 flower dst_ip 10.0.0.0/25 src_ip 10.0.0.1 action continue
tc -n a filter add dev v0 egress protocol ip pref 3 flower ip_proto udp dst_port 53 action continue
tc -n a filter add dev v0 egress protocol ip pref 3 flower ip_proto udp dst_port 50-60 action continue
tc -n a filter add dev v0 egress protocol ip pref 3 flower ip_proto udp src_port 1000-2000 action continue
tc -n a filter add dev v0 egress protocol ip pref 3 flower ip_proto tcp dst_port 53 action continue
tc -n a filter add dev v0 egress protocol ip pref 4 flower ip_proto tcp tcp_flags 0x2/0x12 action continue
tc -n a filter add dev v0 egress protocol ip pref 4 flower ip_proto tcp tcp_flags 0x12 action continue
tc -n a filter add dev v0 egress protocol ip pref 5 flower ip_proto icmp type 8 action continue
tc -n a filter add dev v0 egress protocol ip pref 5 flower ip_proto icmp type 0 action continue
tc -n a filter add dev v0 egress protocol ip pref 5 flower ip_proto icmp type 3 code 4 action continue
tc -n a filter add dev v0 egress protocol ip pref 6 flower ip_ttl 64 action continue
tc -n a filter add dev v0 egress protocol ip pref 6 flower ip_tos 0x10/0xfc action continue
tc -n a filter add dev v0 egress protocol ip pref 6 flower ip_tos 16/fc ip_ttl 5 action continue
tc -n a filter add dev v0 egress protocol ip pref 7 flower ip_flags frag action continue
tc -n a filter add dev v0 egress protocol ip pref 7 flower ip_flags nofrag action continue
tc -n a filter add dev v0 egress protocol ip pref 7 flower ip_flags firstfrag action continue
tc -n a filter add dev v0 egress protocol ip pref 7 flower ip_flags frag/nofirstfrag action continue
tc -n a filter add dev v0 egress protocol all pref 8 flower dst_mac 02:00:00:00:00:02 action continue
tc -n a filter add dev v0 egress protocol all pref 8 flower src_mac 02:00:00:00:00:00/ff:ff:ff:ff:ff:00 action continue
tc -n a filter add dev v0 egress protocol ip pref 8 flower src_mac 02:00:00:00:00:01 action continue
tc -n a filter add dev v0 egress protocol all pref 9 flower dst_mac 02:00:00:00:00:02 action continue
tc -n a filter add dev v0 egress protocol all pref 9 flower dst_mac ff:ff:ff:ff:ff:ff action continue
tc -n a filter add dev v0 egress protocol arp pref 10 flower arp_op request action continue
tc -n a filter add dev v0 egress protocol arp pref 10 flower arp_sip 10.0.0.0/24 arp_tip 10.0.0.7 action continue
tc -n a filter add dev v0 egress protocol arp pref 10 flower arp_sha 02:00:00:00:00:01 action continue
tc -n a filter add dev v0 egress protocol arp pref 10 flower arp_tha 00:00:00:00:00:00 action continue
tc -n a filter add dev v0 egress protocol arp pref 10 flower arp_op reply action continue
tc -n a filter add dev v0 egress protocol ip pref 11 flower indev v0 action continue
tc -n a filter add dev v0 egress protocol ip pref 12 flower ip_proto 2f action continue
tc -n a filter add dev v0 egress protocol ip pref 13 flower action continue
tc -n a filter add dev v0 egress protocol all pref 14 flower action continue
tc -n b filter add dev v1 ingress protocol ip pref 1 flower indev v1 dst_ip 10.0.0.2 action continue
tc -n b filter add dev v1 ingress protocol ip pref 2 flower ip_proto udp dst_port 53 action drop
tc -n b filter add dev v1 ingress protocol ip pref 3 flower ip_proto udp action continue
tc -n b filter add dev v1 ingress protocol arp pref 4 flower arp_op request arp_tip 10.0.0.7 action continue
tc -n b filter add dev v1 ingress protocol ip pref 5 flower dst_mac 02:00:00:00:00:02 action continue
tc -n b filter add dev v1 ingress protocol all pref 6 flower src_mac 02:00:00:00:00:01 action continue
ip netns exec a ping -c 1 -W 1 10.0.0.2
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=1500,dp=53"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=999,dp=60"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=2000,dp=61,ttl=5,dscp=04"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.200 -t tcp "sp=1500,dp=53,flags=syn"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t tcp "sp=1500,dp=80,flags=syn|ack"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t tcp "sp=1500,dp=80,flags=ack"
ip netns exec a ping -c 1 -s 2000 -W 1 10.0.0.2
ip netns exec a arping -c 1 -i v0 10.0.0.7
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t ip "proto=47"
ip netns exec a mausezahn v0 -q -c 1 "02:00:00:00:00:02 02:00:00:00:00:01 88:b5 01 02 03"
ip netns exec a mausezahn v0 -q -c 1 "02:00:00:00:00:02 02:00:00:00:00:01 08:00 45 00"
ip netns exec a mausezahn v0 -q -c 1 "02:00:00:00:00:02 02:00:00:00:00:01 08:00 45 00 00 18 00 00 00 00 40 11 00 00 0a 00 00 01 0a 00 00 02 00 35"
ip netns exec a mausezahn v0 -q -c 1 "02:00:00:00:00:02 02:00:00:00:00:01 08:00 45 00 00 1c 00 00 20 00 40 11 00 00 0a 00 00 01 0a 00 00 02 00 35 00 35 00 08 00 00"
ip netns exec a mausezahn v0 -q -c 1 "02:00:00:00:00:02 02:00:00:00:00:01 08:00 45 00 00 1c 00 00 00 01 40 11 00 00 0a 00 00 01 0a 00 00 02 00 35 00 35 00 08 00 00"
ip netns exec a mausezahn v0 -q -c 1 "02:00:00:00:00:02 02:00:00:00:00:01 08:00 46 00 00 20 00 00 00 00 40 11 00 00 0a 00 00 01 0a 00 00 02 01 01 01 01 00 35 00 35 00 08 00 00"
ip netns exec a mausezahn v0 -q -c 1 "02:00:00:00:00:02 02:00:00:00:00:01 08:00 45 00 00 28 00 00 00 00 40 04 00 00 0a 00 00 01 0a 00 00 02 45 00 00 1c 00 00 00 00 40 11 00 00 0a 00 00 01 0a 00 00 02 00 35 00 35 00 08 00 00"
tc -n a -s filter show dev v0 egress
tc -n b -s filter show dev v1 ingress
