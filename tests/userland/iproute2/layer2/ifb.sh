# ifb: made and listed; redirected to from ingress and from egress; nf_skip_egress stays set on what it gives back
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add r
ip netns exec r sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 net.ipv4.ip_forward=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add va netns a address 02:00:00:00:00:01 type veth peer name ra netns r address 02:00:00:00:00:02
ip link add vb netns b address 02:00:00:00:00:03 type veth peer name rb netns r address 02:00:00:00:00:04
ip -n a link set va up
ip -n r link set ra up
ip -n r link set rb up
ip -n b link set vb up
ip -n a addr add 10.1.0.2/24 dev va
ip -n r addr add 10.1.0.1/24 dev ra
ip -n r addr add 10.2.0.1/24 dev rb
ip -n b addr add 10.2.0.2/24 dev vb
ip -n a route add default via 10.1.0.1
ip -n b route add default via 10.2.0.1
ip -n r link add fb address 02:00:00:00:00:0f type ifb
ip -n r -d link show dev fb
ip -n r link set fb up
ip -n r -d link show dev fb
tc -n r qdisc show dev fb
ip netns exec r nft -f - <<'N'
table netdev t {
	chain i { type filter hook ingress device "ra" priority 0; counter; }
	chain e { type filter hook egress device "rb" priority 0; counter; }
	chain f { type filter hook egress device "ra" priority 0; counter; }
	chain g { type filter hook egress device "fb" priority 0; counter; }
}
table ip t {
	chain p { type filter hook prerouting priority 0; counter; }
	chain f { type filter hook forward priority 0; counter; }
	chain o { type filter hook postrouting priority 0; counter; }
}
N
ip netns exec a ping -c 1 -W 1 10.2.0.2
ip netns exec r nft list ruleset
tc -n r qdisc add dev ra clsact
tc -n r filter add dev ra ingress matchall action mirred egress redirect dev fb
ip netns exec a ping -c 1 -W 1 10.2.0.2
ip netns exec r nft list ruleset
tc -n r -s filter show dev ra ingress
ip -n r -s link show
tc -n r qdisc add dev rb clsact
tc -n r filter add dev rb egress matchall action mirred egress redirect dev fb
ip netns exec a ping -c 1 -W 1 10.2.0.2
ip netns exec r nft list ruleset
tc -n r -s filter show dev ra ingress
tc -n r -s filter show dev rb egress
ip -n r -s link show
tc -n r filter del dev ra ingress
tc -n r filter add dev ra ingress matchall action mirred egress mirror dev fb
ip netns exec a ping -c 1 -W 1 10.2.0.2
ip -n r -s link show dev fb
ip netns exec r nft list ruleset
ip -n r addr add 10.3.0.1/24 dev fb
ip netns exec r ping -c 1 -W 1 10.3.0.2
ip -n r -s link show dev fb
ip -n r link set fb down
ip netns exec a ping -c 1 -W 1 10.2.0.2
ip -n r -s link show dev fb
ip -n r link add link ra name y type ifb bogus
ip -n r link add z address ff:ff:ff:ff:ff:ff type ifb
ip link help ifb
