# Layer 2 filtering for AVB: only gPTP (ethertype 0x88f7) may leave, and only AVTP
# (0x22f0) and gPTP may enter.
ip netns add a
ip netns add b
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1

ip netns exec a nft -f - <<'X'
table netdev avb {
	chain e { type filter hook egress device "v0" priority filter; policy drop; ether type 0x88f7 counter accept; counter; }
}
X
ip netns exec b nft -f - <<'X'
table netdev avb {
	chain i { type filter hook ingress device "v1" priority filter; policy drop; ether type { 0x22f0, 0x88f7 } counter accept; counter; }
}
X

ip netns exec a mausezahn v0 -q -c 1 "01:80:c2:00:00:0e 02:00:00:00:00:01 88:f7 00:02:00:2c"
ip netns exec a mausezahn v0 -q -c 1 "91:e0:f0:00:fe:00 02:00:00:00:00:01 22:f0 00:80:00:00"
ip netns exec a nft list ruleset
ip netns exec b nft list ruleset
