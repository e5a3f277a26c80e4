# TCP and UDP over IPv6 through a router that refuses in every way, and connections that stand
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
table inet f {
  chain f { type filter hook forward priority filter; policy accept; tcp dport 22 reject with tcp reset; tcp dport 23 reject; tcp dport 24 drop; tcp dport 25 reject with icmpx admin-prohibited; tcp dport 26 reject with icmpv6 no-route; tcp dport 27 reject with icmpv6 addr-unreachable; udp dport 22 reject; udp dport 23 reject with icmpv6 admin-prohibited; }
  chain in { type filter hook input priority filter; tcp dport 22 counter reject with tcp reset; udp dport 22 reject; }
}
table ip6 o {
  chain out { type filter hook output priority 0; tcp sport 7000 counter; }
}
EOF
ip netns exec a nc -v -n -w 2 fd00:b::2 22
ip netns exec a nc -v -n -w 2 fd00:b::2 23
ip netns exec a nc -v -n -w 2 fd00:b::2 24
ip netns exec a nc -v -n -w 2 fd00:b::2 25
ip netns exec a nc -v -n -w 2 fd00:b::2 26
ip netns exec a nc -v -n -w 2 fd00:b::2 27
ip netns exec a nc -v -n -w 2 fd00:a::1 22
ip netns exec a nc -v -n -w 2 fd00:a::1 7000
ip netns exec a nc -u -v -z -n fd00:b::2 22
ip netns exec a nc -u -v -z -n fd00:b::2 23
ip netns exec a nc -u -v -z -n fd00:a::1 22
ip netns exec r nft list ruleset
ip netns exec b nc -6 -l -n -k 5000 &
sleep 0.3
ip netns exec a nc -n -v -N fd00:b::2 5000 <<EOF
one
EOF
ip netns exec a nc -n -v -N fd00:b::2 5000 <<EOF
two
EOF
ip netns exec a nc -n -v -N -s fd00:a::2 -p 4000 fd00:b::2 5000 <<EOF
three
EOF
ip netns exec a nc -n -v -N -p 4000 fd00:b::2 5000 <<EOF
four
EOF
kill %1
wait
