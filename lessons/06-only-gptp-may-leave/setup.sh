# An AVB network in small: talker and listener, and a cable between avb0 and avb1. Chains of both devices and of IP count.
ip netns add talker
ip netns add listener
ip netns exec talker sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec listener sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add avb0 netns talker address 02:00:00:00:00:01 type veth peer name avb1 netns listener address 02:00:00:00:00:02
ip -n talker link set avb0 up
ip -n listener link set avb1 up
ip -n talker addr add 10.0.0.1/24 dev avb0
ip -n listener addr add 10.0.0.2/24 dev avb1
ip -n talker neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev avb0
ip -n listener neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev avb1

ip netns exec talker nft -f - <<'X'
table netdev avb {
	chain leaves { type filter hook egress device "avb0" priority filter; counter; }
}
table ip f {
	chain output { type filter hook output priority filter; counter; }
}
X
ip netns exec listener nft -f - <<'X'
table netdev avb {
	chain arrives { type filter hook ingress device "avb1" priority filter; counter; }
}
table ip f {
	chain prerouting { type filter hook prerouting priority filter; counter; }
	chain input { type filter hook input priority filter; counter; }
}
X

# Sync of gPTP, IEEE 802.1AS: ethertype 88f7, to the group address that ends at the next port
ip netns exec talker mausezahn avb0 -q -c 1 "01:80:c2:00:00:0e 02:00:00:00:00:01 88:f7 10:02:00:2c:00:00:02:00:00:00:00:00:00:00:00:00"
# a frame of a stream, AVTP, IEEE 1722: ethertype 22f0, behind a tag of VLAN 2 and priority 3
ip netns exec talker mausezahn avb0 -q -c 1 "91:e0:f0:00:0e:80 02:00:00:00:00:01 81:00 60:02 22:f0 02:81:00:00:00:00:00:00"
ip netns exec talker ping -c 1 -W 1 10.0.0.2
