# NAT between IPv6 networks: masquerade, dnat, redirect, and what conntrack lists of them
ip netns add a
ip netns add r
ip netns add b
ip link add va netns a type veth peer name ra netns r
ip link add vb netns b type veth peer name rb netns r
ip -n a link set lo up
ip -n a link set va up
ip -n r link set ra up
ip -n r link set rb up
ip -n b link set vb up
ip netns exec r sysctl -qw net.ipv6.conf.all.forwarding=1
ip -n a addr add fd00:a::2/64 dev va nodad
ip -n r addr add fd00:a::1/64 dev ra nodad
ip -n r addr add fd00:b::1/64 dev rb nodad
ip -n b addr add fd00:b::2/64 dev vb nodad
ip -n a route add default via fd00:a::1
ip -n b route add default via fd00:b::1
sleep 3
ip netns exec r nft -f - <<EOF
table ip6 n {
  chain pre { type nat hook prerouting priority dstnat; tcp dport 80 dnat to [fd00:b::2]:8080; tcp dport 81 redirect to :9090; udp dport 53 dnat to fd00:b::2; }
  chain post { type nat hook postrouting priority srcnat; oifname "rb" masquerade; }
  chain f { type filter hook forward priority filter; counter; ct state established counter; ct state new counter; }
}
EOF
ip netns exec b nc -6 -l -n 8080 &
sleep 0.3
ip netns exec a nc -v -n -N fd00:a::1 80 <<EOF
over nat
EOF
wait
ip netns exec r nc -6 -l -n -v 9090 &
sleep 0.3
ip netns exec a nc -n -N fd00:99::1 81 <<EOF
redirected
EOF
wait
ip netns exec b timeout 2 nc -6 -u -l -n -v 53 &
sleep 0.3
ip netns exec a nc -u -n -q 1 fd00:99::7 53 <<EOF
query
EOF
wait
ip netns exec r conntrack -L -f ipv6
ip netns exec r conntrack -L
ip netns exec r conntrack -L -f ipv4
ip netns exec r conntrack -L -p tcp -f ipv6
ip netns exec r nft list ruleset
ip netns exec a nc -v -n -N fd00:b::2 8081
ip netns exec a nc -v -n -N fd00:c::2 8081
ip netns exec a nc -v -n -N -w 2 fd00:b::3 8081
ip netns exec a nc -v -n -N fd00:b::3 8081
ip netns exec a nc -6 -u -v -n -z fd00:b::2 99
