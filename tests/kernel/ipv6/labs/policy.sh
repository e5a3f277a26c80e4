# Rules and several next hops; source addresses; marks.
ip netns add a
ip netns add b
ip netns exec a sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0
ip netns exec b sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0
ip -n a link set lo up
ip -n b link set lo up
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v0 netns b address 02:00:00:00:00:02
ip link add w0 netns a address 02:00:00:00:00:03 type veth peer name w0 netns b address 02:00:00:00:00:04
ip -n a link set v0 up
ip -n b link set v0 up
ip -n a link set w0 up
ip -n b link set w0 up
ip -n a addr add 2001:db8:a::1/64 dev v0
ip -n b addr add 2001:db8:a::2/64 dev v0
ip -n a addr add fd00::1/64 dev w0
ip -n b addr add fd00::2/64 dev w0
ip -n b addr add 2001:db8:f::1/128 dev lo
sleep 3
ip -n a -6 rule add fwmark 1 lookup 10
ip -n a -6 rule add from fd00::/64 to 2001:db8:f::/48 lookup 11 pref 100
ip -n a -6 rule add iif lo oif w0 unreachable pref 101
ip -n a -6 rule add not fwmark 0x10/0xf0 ipproto udp dport 53 prohibit pref 102
ip -n a -6 rule add to fd99::/16 blackhole
ip -n a -6 rule add pref 200 goto 300
ip -n a -6 rule add pref 300 nop
ip -n a -6 rule add fwmark 1 lookup 10
ip -n a -6 rule add from 10.0.0.0/8
ip -n a -6 rule add from 2001:db8::1 table 0
ip -n a -6 rule add table main suppress_prefixlength 0 pref 400
ip -n a -6 rule
ip -n a -6 route add 2001:db8:f::/64 via 2001:db8:a::2 table 10
ip -n a -6 route add 2001:db8:f::/64 via fd00::2 table 11
ip -n a -6 route add default via fd00::2
ip -n a -6 route get 2001:db8:f::1
ip -n a -6 route get 2001:db8:f::1 mark 1
ip -n a -6 route get 2001:db8:f::1 from fd00::1
ip -n a -6 route get fd99::1
ip -n a -6 route get fd00::2 oif w0
ip -n a -6 route get 2001:db8:a::2
ip -n a -6 route get fd00::2
ip netns exec a ping -c 1 2001:db8:f::1
ip netns exec a ping -c 1 -m 1 2001:db8:f::1
ip netns exec a ping -c 1 -I fd00::1 2001:db8:f::1
ip -n a -6 rule del fwmark 1
ip -n a -6 rule del pref 102
ip -n a -6 rule del pref 102
ip -n a -6 rule show to fd99::/16
ip -n a -6 rule flush
ip -n a -6 rule
ip -n a -6 rule add lookup main
ip -n a -6 rule
ip -n a -6 route replace default nexthop via fd00::2 weight 3 nexthop via 2001:db8:a::2
ip -n a -6 route show default
ip -n a -6 route del default via fd00::2
ip -n a -6 route show default
ip -n a -6 route show table 77
ip -n a -6 route show table 10
ip -n a -6 route flush table 10
ip -n a -6 route show table 10
ip -n a -6 neigh add fd00::9 lladdr 02:00:00:00:00:09 dev w0
ip -n a -6 neigh add fd00::a dev w0 nud failed
ip -n a -6 neigh add proxy fd00::b dev w0
ip -n a -6 neigh add fd00::c lladdr 02:00:00:00:00:0c dev w0 router nud stale
ip -n a -6 neigh show to fd00::9
ip -n a -6 neigh show to fd00::a
ip -n a -6 neigh show proxy
ip -n a -6 neigh show to fd00::c
ip -n a neigh show to fd00::9
ip -n a -6 neigh get fd00::9 dev w0
ip -n a -6 neigh change fd00::9 lladdr 02:00:00:00:00:99 dev w0
ip -n a -6 neigh show to fd00::9
ip -n a -6 neigh del fd00::9 dev w0
ip -n a -6 neigh show to fd00::9
ip -n a -6 neigh flush dev w0
ip -n a -6 neigh show dev w0
ip -n a link set w0 down
ip -n a -6 rule
ip -n a -6 route show
ip -n a link del w0
ip -n a -6 route show
