ip netns add a
ip -n a link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02
tc -n a qdisc add dev v0 clsact
tc -n a filter add dev v0 ingress protocol ip pref 1 flower
tc -n a filter add dev v0 ingress protocol ip pref 1 flower dst_mac 02:00:00:00:00:02
tc -n a filter add dev v0 ingress protocol ip pref 1 flower src_mac 02:00:00:00:00:01/ff:ff:00:00:00:00 dst_mac 02:00:00:00:00:02/24 action pass
tc -n a filter add dev v0 ingress protocol ip pref 1 flower src_mac 02:00:00:00:00:01/0f:ff:00:00:00:ff
tc -n a filter add dev v0 ingress protocol ip pref 1 flower dst_ip 10.0.0.1 action drop
tc -n a filter add dev v0 ingress protocol ip pref 1 flower dst_ip 10.0.0.1 action drop
tc -n a filter add dev v0 ingress protocol ip pref 1 flower dst_ip 10.0.0.2 action drop
tc -n a filter add dev v0 ingress protocol ip pref 1 flower dst_ip 10.0.0.0/24 src_ip 192.168.0.0/16
tc -n a filter add dev v0 ingress protocol ip pref 1 handle 0x20 flower src_ip 10.1.2.3/20
tc -n a filter add dev v0 ingress protocol ip pref 1 handle 0x20 flower src_ip 10.1.2.3/20
tc -n a filter add dev v0 ingress protocol ip pref 1 flower src_ip 10.1.2.3/0
tc -n a filter add dev v0 ingress protocol ip pref 1 flower src_ip 300.1.1.1
tc -n a filter add dev v0 ingress protocol ip pref 1 flower src_ip fe80::1
tc -n a filter show dev v0 ingress
tc -n a filter add dev v0 ingress protocol ip pref 2 flower ip_proto tcp dst_port 80
tc -n a filter add dev v0 ingress protocol ip pref 2 flower ip_proto tcp dst_port 80-90
tc -n a filter add dev v0 ingress protocol ip pref 2 flower ip_proto tcp dst_port 85-95 src_port 1000-2000
tc -n a filter add dev v0 ingress protocol ip pref 2 flower ip_proto udp dst_port 0x50/0xfff0 src_port 53
tc -n a filter add dev v0 ingress protocol ip pref 2 flower ip_proto udp dst_port 80/0xff
tc -n a filter add dev v0 ingress protocol ip pref 2 flower ip_proto sctp src_port 7
tc -n a filter add dev v0 ingress protocol ip pref 2 flower ip_proto tcp dst_port 90-80
tc -n a filter add dev v0 ingress protocol ip pref 2 flower ip_proto tcp dst_port 0
tc -n a filter add dev v0 ingress protocol ip pref 2 flower dst_port 80
tc -n a filter add dev v0 ingress protocol ip pref 2 flower ip_proto icmp dst_port 80
tc -n a filter add dev v0 ingress protocol ip pref 2 flower ip_proto tcp tcp_flags 0x2
tc -n a filter add dev v0 ingress protocol ip pref 2 flower ip_proto tcp tcp_flags 0x2/0x17
tc -n a filter add dev v0 ingress protocol ip pref 2 flower ip_proto tcp tcp_flags 12/3f
tc -n a filter add dev v0 ingress protocol ip pref 2 flower ip_proto tcp tcp_flags 0x1000
tc -n a filter add dev v0 ingress protocol ip pref 2 flower ip_proto 2f
tc -n a filter add dev v0 ingress protocol ip pref 2 flower ip_proto 6 dst_port 81
tc -n a filter add dev v0 ingress protocol ip pref 2 flower ip_proto l2tp
tc -n a filter add dev v0 ingress protocol ip pref 2 flower ip_proto icmpv6
tc -n a filter add dev v0 ingress protocol ip pref 2 flower ip_proto xx
tc -n a filter add dev v0 ingress protocol ip pref 2 flower ip_tos 0x10
tc -n a filter add dev v0 ingress protocol ip pref 2 flower ip_tos 16/fc ip_ttl 64
tc -n a filter add dev v0 ingress protocol ip pref 2 flower ip_ttl 64/f0
tc -n a filter add dev v0 ingress protocol ip pref 2 flower ip_ttl 300
tc -n a filter add dev v0 ingress protocol ip pref 2 flower ip_flags frag
tc -n a filter add dev v0 ingress protocol ip pref 2 flower ip_flags nofrag/firstfrag
tc -n a filter add dev v0 ingress protocol ip pref 2 flower ip_flags foo
tc -n a filter show dev v0 ingress
tc -n a filter add dev v0 ingress protocol ip pref 3 flower ip_proto icmp type 8
tc -n a filter add dev v0 ingress protocol ip pref 3 flower ip_proto icmp type 8 code 0
tc -n a filter add dev v0 ingress protocol ip pref 3 flower ip_proto icmp type 8/15 code 3/1
tc -n a filter add dev v0 ingress protocol ip pref 3 flower ip_proto tcp type 8
tc -n a filter add dev v0 ingress protocol ip pref 3 flower type 8
tc -n a filter add dev v0 ingress protocol ip pref 3 flower ip_proto icmp type 300
tc -n a filter add dev v0 ingress protocol arp pref 4 flower arp_sip 10.0.0.1 arp_tip 10.0.0.0/24
tc -n a filter add dev v0 ingress protocol arp pref 4 flower arp_op request
tc -n a filter add dev v0 ingress protocol arp pref 4 flower arp_op reply arp_sha 02:00:00:00:00:01 arp_tha 02:00:00:00:00:00/ff:00:00:00:00:00
tc -n a filter add dev v0 ingress protocol arp pref 4 flower arp_op 1
tc -n a filter add dev v0 ingress protocol arp pref 4 flower arp_op 2/1
tc -n a filter add dev v0 ingress protocol arp pref 4 flower arp_op 3
tc -n a filter add dev v0 ingress protocol ip pref 4 flower arp_op 1
tc -n a filter add dev v0 ingress protocol rarp pref 5 flower arp_op request
tc -n a filter add dev v0 ingress protocol 802.1q pref 6 flower vlan_id 5
tc -n a filter add dev v0 ingress protocol 802.1q pref 6 flower vlan_id 5 vlan_prio 3
tc -n a filter add dev v0 ingress protocol 802.1q pref 6 flower vlan_ethtype ip dst_ip 10.0.0.1
tc -n a filter add dev v0 ingress protocol 802.1q pref 6 flower vlan_id 7 vlan_ethtype ipv4 ip_proto udp dst_port 53
tc -n a filter add dev v0 ingress protocol 802.1q pref 6 flower vlan_id 4096
tc -n a filter add dev v0 ingress protocol 802.1q pref 6 flower vlan_prio 8
tc -n a filter add dev v0 ingress protocol 802.1q pref 6 flower vlan_ethtype 802.1q cvlan_id 9
tc -n a filter add dev v0 ingress protocol 802.1q pref 6 flower vlan_ethtype 802.1q cvlan_ethtype ip cvlan_prio 2 ip_proto tcp
tc -n a filter add dev v0 ingress protocol 802.1q pref 6 flower
tc -n a filter add dev v0 ingress protocol 802.1ad pref 7 flower vlan_id 5 vlan_ethtype 802.1q cvlan_id 6 cvlan_ethtype arp arp_op request
tc -n a filter add dev v0 ingress protocol ip pref 8 flower vlan_id 5
tc -n a filter add dev v0 ingress protocol ip pref 8 flower vlan_ethtype ip
tc -n a filter add dev v0 ingress protocol all pref 9 flower num_of_vlans 1
tc -n a filter add dev v0 ingress protocol all pref 9 flower num_of_vlans 1 vlan_id 5
tc -n a filter add dev v0 ingress protocol all pref 9 flower num_of_vlans 2 vlan_id 5 cvlan_id 6
tc -n a filter show dev v0 ingress
tc -n a filter add dev v0 ingress protocol all pref 10 flower
tc -n a filter add dev v0 ingress protocol all pref 10 flower
tc -n a filter add dev v0 ingress protocol all pref 10 flower dst_mac 02:00:00:00:00:02 indev v1
tc -n a filter add dev v0 ingress protocol all pref 10 flower indev nix
tc -n a filter add dev v0 ingress protocol all pref 10 flower dst_ip 10.0.0.1
tc -n a filter add dev v0 ingress protocol 0x88b5 pref 11 flower src_mac 02:00:00:00:00:01
tc -n a filter add dev v0 ingress protocol ip pref 12 flower skip_hw dst_ip 10.0.0.1
tc -n a filter add dev v0 ingress protocol ip pref 12 flower skip_sw dst_ip 10.0.0.1
tc -n a filter add dev v0 ingress protocol ip pref 12 flower skip_sw skip_hw dst_ip 10.0.0.1
tc -n a filter add dev v0 ingress protocol ip pref 12 flower verbose dst_ip 10.0.0.2
tc -n a filter add dev v0 ingress protocol ip pref 12 flower classid 1:2 dst_ip 10.0.0.3
tc -n a filter add dev v0 ingress protocol ip pref 12 flower hw_tc 3 dst_ip 10.0.0.4
tc -n a filter add dev v0 ingress protocol ip pref 12 flower flowid zz
tc -n a filter add dev v0 ingress protocol ip pref 12 flower foo
tc -n a filter add dev v0 ingress protocol ip pref 12 flower dst_ip
tc -n a filter add dev v0 ingress protocol ip pref 12 flower dst_mac zz
tc -n a filter add dev v0 ingress protocol ip pref 12 handle zz flower
tc -n a filter add dev v0 ingress protocol ipv6 pref 13 flower dst_ip fe80::/64 src_ip 2001:db8::1
tc -n a filter add dev v0 ingress protocol ipv6 pref 13 flower ip_proto icmpv6 type 128 code 0
tc -n a filter add dev v0 ingress protocol ipv6 pref 13 flower ip_proto udp dst_port 53
tc -n a filter add dev v0 ingress protocol ipv6 pref 13 flower ip_proto icmp
tc -n a filter show dev v0 ingress
tc -n a filter del dev v0 ingress protocol ip pref 1 handle 0x2 flower
tc -n a filter del dev v0 ingress protocol ip pref 1 handle 0x99 flower
tc -n a filter add dev v0 ingress protocol ip pref 1 flower src_ip 1.2.3.4
tc -n a filter replace dev v0 ingress protocol ip pref 1 handle 0x20 flower src_ip 10.7.0.0/20 action drop
tc -n a filter replace dev v0 ingress protocol ip pref 1 handle 0x20 flower src_ip 10.7.0.0/21
tc -n a filter change dev v0 ingress protocol ip pref 1 handle 0x20 flower src_ip 10.8.0.0/20 classid 1:1
tc -n a filter change dev v0 ingress protocol ip pref 1 handle 0x21 flower src_ip 10.8.0.0/20
tc -n a filter replace dev v0 ingress protocol ip pref 1 flower dst_ip 10.0.0.77 action pass
tc -n a filter replace dev v0 ingress protocol ip pref 1 flower dst_ip 10.0.0.77 action drop
tc -n a filter show dev v0 ingress pref 1
tc -n a filter get dev v0 ingress protocol ip pref 1 handle 0x20 flower
tc -n a -s filter show dev v0 ingress pref 1
tc -n a -o filter show dev v0 ingress pref 6
tc -n a filter del dev v0 ingress
tc -n a filter show dev v0 ingress
tc -n a filter add dev v0 ingress protocol ip pref 1 flower ct_state +trk
tc -n a filter add dev v0 ingress protocol ip pref 1 flower ct_state +trk+new
tc -n a filter add dev v0 ingress protocol ip pref 1 flower ct_state +new
tc -n a filter add dev v0 ingress protocol ip pref 1 flower ct_state foo
tc -n a filter add dev v0 ingress protocol ip pref 1 flower help
tc -n a filter add dev v0 ingress protocol ip flower dst_ip 10.0.0.1
tc -n a filter add dev v0 ingress protocol ip flower dst_ip 10.0.0.2
tc -n a filter show dev v0 ingress
