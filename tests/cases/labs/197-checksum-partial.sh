# A checksum that a device is still to fill in is right wherever the packet goes: what a rule breaks on the way is
# noticed in a frame that was made by hand, and not in what a socket sends. In a tunnel it is the inner packet's.
ip netns add a
ip netns add b
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add a0 netns a address 02:00:00:00:00:01 type veth peer name b0 netns b address 02:00:00:00:00:02
ip -n a link set a0 up
ip -n b link set b0 up
ip -n a addr add 10.0.0.1/24 dev a0
ip -n b addr add 10.0.0.2/24 dev b0
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev a0
ip -n b neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev b0
ip -n a link add vx address 02:00:00:00:00:03 type vxlan id 7 local 10.0.0.1 remote 10.0.0.2 dstport 4789 dev a0 noudpcsum
ip -n b link add vx address 02:00:00:00:00:04 type vxlan id 7 local 10.0.0.2 remote 10.0.0.1 dstport 4789 dev b0 noudpcsum
ip -n a link set vx up
ip -n b link set vx up
ip -n a addr add 10.5.0.1/24 dev vx
ip -n b addr add 10.5.0.2/24 dev vx
ip -n a neigh add 10.5.0.2 lladdr 02:00:00:00:00:04 dev vx
ip -n b neigh add 10.5.0.1 lladdr 02:00:00:00:00:03 dev vx
ip netns exec a nft -f - <<'X'
table netdev t {
	chain e {
		type filter hook egress device "a0" priority 0;
		udp dport 99 @th,64,8 set 0x55 counter
		tcp dport 98 @th,112,16 set 0x10 counter
		udp dport 4789 counter udp sport set 80
		counter
	}
}
X
ip netns exec b nft -f - <<'X'
table ip t {
	chain p {
		type filter hook prerouting priority 0;
		ct state invalid counter
		ct state new counter
	}
	chain i {
		type filter hook input priority 0;
		udp dport 99 counter
		udp dport 4789 counter
		iifname "vx" counter
		tcp dport 98 counter reject with tcp reset
	}
	chain o {
		type filter hook output priority 0;
		counter
	}
}
X
ip netns exec a nc -u -w 1 -p 2000 10.0.0.2 99 <<'X'
from a socket
X
ip netns exec b nft list ruleset
ip netns exec a mausezahn a0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -P hand -t udp "sp=2001,dp=99"
ip netns exec b nft list ruleset
ip netns exec a nc -w 1 -p 2002 10.0.0.2 98
ip netns exec a mausezahn a0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t tcp "sp=2003,dp=98,flags=syn"
ip netns exec b nft list ruleset
ip netns exec a ping -c 1 -W 0.3 10.5.0.2
ip netns exec a nc -u -w 1 -p 2004 10.5.0.2 50 <<'X'
inside
X
ip netns exec a nc -w 1 -p 2005 10.5.0.2 50
ip netns exec a nft list ruleset
ip netns exec b nft list ruleset
ip -n b -s link show vx
