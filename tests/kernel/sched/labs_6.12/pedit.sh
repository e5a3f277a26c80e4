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
ip netns exec b sysctl -qw net.ipv4.icmp_ratelimit=0
ip netns exec b nft -f - <<'Y'
table netdev t {
	chain i { type filter hook ingress device "v1" priority 0; ip ttl 5 counter; ip ttl 63 counter; ip dscp 4 counter; udp dport 80 counter; udp sport 1 counter; tcp dport 81 counter; ip daddr 10.0.0.9 counter; ip daddr 10.0.0.2 counter; ether saddr 02:00:00:00:00:77 counter; ether type 0x88b5 counter; ip protocol 17 counter; @nh,0,8 0x45 counter; @nh,32,32 0xdeadbeef counter; icmp type echo-request counter; }
}
Y
tc -n a filter add dev v0 egress protocol ip pref 1 flower ip_ttl 9 action pedit munge ip dst set 10.0.0.9 pipe action csum ip
tc -n a filter add dev v0 egress protocol ip pref 2 flower ip_ttl 8 action pedit ex munge ip ttl decrement pipe action csum ip pipe action pedit ex munge ip ttl set 5 pipe action csum ip4h
tc -n a filter add dev v0 egress protocol ip pref 3 flower ip_ttl 7 action pedit ex munge ip ttl set 5
tc -n a filter add dev v0 egress protocol ip pref 4 flower ip_ttl 6 action pedit ex munge ip dst set 10.0.0.9 pipe action csum ip and icmp
tc -n a filter add dev v0 egress protocol ip pref 5 flower ip_proto udp dst_port 1000 action pedit ex munge udp dport set 80 munge udp sport set 1 pipe action csum udp
tc -n a filter add dev v0 egress protocol ip pref 6 flower ip_proto udp dst_port 1001 action pedit ex munge udp dport set 80
tc -n a filter add dev v0 egress protocol ip pref 7 flower ip_proto udp dst_port 1002 action pedit munge offset 20 u16 set 1 munge offset 22 u16 set 80 pipe csum udp
tc -n a filter add dev v0 egress protocol ip pref 8 flower ip_proto udp dst_port 1003 action pedit ex munge tcp dport set 81 pipe action csum udp and tcp
tc -n a filter add dev v0 egress protocol ip pref 9 flower ip_proto tcp dst_port 1004 action pedit ex munge tcp dport set 81 pipe action csum tcp
tc -n a filter add dev v0 egress protocol ip pref 10 flower ip_proto udp dst_port 1005 action pedit ex munge eth src set 02:00:00:00:00:77
tc -n a filter add dev v0 egress protocol ip pref 11 flower ip_proto udp dst_port 1006 action pedit ex munge eth type set 0x88b5
tc -n a filter add dev v0 egress protocol ip pref 12 flower ip_proto udp dst_port 1007 action pedit munge offset 4 u32 set 0xdeadbeef pipe csum ip
tc -n a filter add dev v0 egress protocol ip pref 13 flower ip_proto udp dst_port 1008 action pedit munge offset 2000 u8 set 1
tc -n a filter add dev v0 egress protocol ip pref 14 flower ip_proto udp dst_port 1009 action pedit munge offset 28 u8 at 0 0f 0 set 1
tc -n a filter add dev v0 egress protocol ip pref 15 flower ip_proto udp dst_port 1010 action pedit munge offset -4 u8 set 1
tc -n a filter add dev v0 egress protocol ip pref 16 flower ip_proto udp dst_port 1011 action pedit munge offset 8 u8 invert munge offset 8 u8 invert pipe csum ip
tc -n a filter add dev v0 egress protocol ip pref 17 flower ip_proto udp dst_port 1012 action pedit ex munge offset 1 u8 set 0xff retain 0x10 pipe action csum ip
tc -n a filter add dev v0 egress protocol ip pref 18 flower ip_proto udp dst_port 1013 action pedit munge offset 0 u8 at 0 f 2 set 0x45 pipe csum ip
tc -n a filter add dev v0 egress protocol ip pref 19 flower ip_proto udp dst_port 1014 action pedit munge offset 20 u32 set 1
tc -n a filter add dev v0 egress protocol ip pref 20 flower ip_proto udp dst_port 1015 action pedit munge offset 24 u32 set 1
tc -n a filter add dev v0 egress protocol ip pref 21 flower ip_proto udp dst_port 1016 action pedit munge offset 28 u32 set 1
ip netns exec a ping -c 1 -t 9 -W 1 10.0.0.2
ip netns exec a ping -c 1 -t 8 -W 1 10.0.0.2
ip netns exec a ping -c 1 -t 7 -W 1 10.0.0.2
ip netns exec a ping -c 1 -t 6 -W 1 10.0.0.2
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=9,dp=1000"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=9,dp=1001"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=9,dp=1002"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=9,dp=1003"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t tcp "sp=9,dp=1004,flags=syn"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=9,dp=1005"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=9,dp=1006"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=9,dp=1007"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=9,dp=1008"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=9,dp=1009"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=9,dp=1010"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=9,dp=1011"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=9,dp=1012"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=9,dp=1013"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=9,dp=1014"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=9,dp=1015"
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=9,dp=1016"
ip netns exec a mausezahn v0 -q -c 1 "02:00:00:00:00:02 02:00:00:00:00:01 08:00 45 00 00 1c 00 00 20 00 09 11 00 00 0a 00 00 01 0a 00 00 02 00 35 00 35 00 08 00 00"
ip netns exec a mausezahn v0 -q -c 1 "02:00:00:00:00:02 02:00:00:00:00:01 08:00 45 00 00 2c 00 00 00 00 06 01 00 00 0a 00 00 01 0a 00 00 02 08 00 00 00 00 08 00 00"
ip netns exec a mausezahn v0 -q -c 1 "02:00:00:00:00:02 02:00:00:00:00:01 08:00 45 00 00 1e 00 00 00 00 40 11 00 00 0a 00 00 01 0a 00 00 02 00 35 03 e8 00 0a 12 34 01 02"
ip netns exec a mausezahn v0 -q -c 1 "02:00:00:00:00:02 02:00:00:00:00:01 08:00 45 00 00 1e 00 00 00 00 40 11 00 00 0a 00 00 01 0a 00 00 02 00 35 03 e8 00 09 12 34 01 02"
ip netns exec a mausezahn v0 -q -c 1 "02:00:00:00:00:02 02:00:00:00:00:01 08:00 45 00 00 1e 00 00 00 00 40 11 00 00 0a 00 00 01 0a 00 00 02 00 35 03 e8 00 0a 00 00 01 02"
tc -n a -s filter show dev v0 egress
ip netns exec b nft list ruleset
ip -n b -s link
tc -n a filter del dev v0 egress
tc -n b filter add dev v1 ingress protocol ip pref 1 flower ip_ttl 9 action pedit ex munge ip ttl set 64 pipe action csum ip
tc -n b filter add dev v1 ingress protocol ip pref 2 flower ip_ttl 8 action pedit ex munge eth dst set 02:00:00:00:00:99
tc -n b filter add dev v1 ingress protocol ip pref 3 flower ip_ttl 7 action pedit ex munge ip dst set 10.0.0.9 pipe action csum ip
tc -n b filter add dev v1 ingress protocol ip pref 4 flower ip_ttl 6 action pedit ex munge udp dport set 80 pipe action csum udp and icmp
ip netns exec a ping -c 1 -t 9 -W 1 10.0.0.2
ip netns exec a ping -c 1 -t 8 -W 1 10.0.0.2
ip netns exec a ping -c 1 -t 7 -W 1 10.0.0.2
ip netns exec a ping -c 1 -t 6 -W 1 10.0.0.2
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=9,dp=1000,ttl=6"
tc -n b -s filter show dev v1 ingress
ip netns exec b nft list ruleset
ip -n b -s link
