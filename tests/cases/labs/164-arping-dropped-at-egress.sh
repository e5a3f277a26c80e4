# arping, whose packet is dropped at egress
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
ip netns exec a nft -f - <<'X'
table netdev t {
	chain e { type filter hook egress device "v0" priority 0; limit rate over 1/hour burst 2 packets counter drop; counter; }
}
X
ip netns exec a arping -c 4 -W 0.1 -i v0 10.0.0.2
ip netns exec a arping -c 4 -W 0.1 -i v0 10.0.0.2
ip netns exec a arping -q -c 4 -W 0.1 -i v0 10.0.0.2
ip netns exec a nft list ruleset
