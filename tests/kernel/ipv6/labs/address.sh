# Addresses: link-local ones by EUI-64, duplicate address detection, lifetimes, flags, and what switches them off.
ip netns add a
ip netns add b
ip -n a link set lo up
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a addr add 2001:db8::1/64 dev v0
ip -n a addr add 2001:db8::5/64 dev v0 nodad
ip -n a addr show dev v0
ip -n a -6 route show table all
ip -n a link set v0 up
ip -n b link set v1 up
sleep 4
ip -n a addr show dev v0
ip -n a -6 route show table all
ip -n b addr add 2001:db8::1/64 dev v1
ip -n b addr add 2001:db8::9/64 dev v1
sleep 3
ip -n b -6 addr show dev v1
ip -n b -6 addr show dadfailed
ip -n b -6 addr show scope link
ip -n b -6 addr show scope global -tentative
ip -n b -6 route show table local
ip -n a addr add 2001:db8::1/64 dev v0
ip -n a addr add ff02::5/64 dev v0
ip -n a addr add ::1/128 dev v0
ip -n a addr add :: dev v0
ip -n a addr add 2001:db8::7/129 dev v0
ip -n a addr add 2001:db8:1::1 dev v0 nodad
ip -n a addr add 2001:db8:2::1 peer 2001:db8:2::2/128 dev v0 nodad
ip -n a addr add 2001:db8:3::1/64 dev v0 nodad noprefixroute metric 77
ip -n a addr add 2001:db8:4::1/64 dev v0 nodad metric 77
ip -n a addr add 2001:db8:5::1/64 dev v0 nodad valid_lft 100 preferred_lft 50
ip -n a addr add 2001:db8:6::1/64 dev v0 nodad valid_lft 2 preferred_lft 1
ip -n a addr add 2001:db8:7::1/64 dev lo
ip -n a -6 addr show
ip -n a -6 -br addr
ip -n a -6 -o addr show dev lo
ip -n a -6 route show table all
sleep 1.5
ip -n a -6 addr show dev v0 deprecated
sleep 1.5
ip -n a -6 addr show to 2001:db8:6::/64
ip -n a addr change 2001:db8:5::1/64 dev v0 valid_lft forever preferred_lft forever
ip -n a addr replace 2001:db8:8::1/64 dev v0 nodad
ip -n a -6 addr show to 2001:db8:5::/64
ip -n a addr del 2001:db8:8::1/64 dev v0
ip -n a addr del 2001:db8:8::1/64 dev v0
ip -n a addr del 2001:db8::1/65 dev v0
ip -n a addr del 2001:db8::1/64 dev v0
ip -n a -6 route show
ip -n a addr del 2001:db8::5/64 dev v0
ip -n a -6 route show
ip -n a -6 addr flush dev v0 scope global
ip -n a -6 addr show dev v0
ip netns exec a sysctl -w net.ipv6.conf.v0.disable_ipv6=1
ip -n a addr show dev v0
ip -n a -6 route show table all
ip -n a addr add 2001:db8::1/64 dev v0
ip -n a route add 2001:db8:9::/64 dev v0
ip netns exec a sysctl -w net.ipv6.conf.v0.disable_ipv6=0
ip -n a -6 addr show dev v0
sleep 2
ip -n a -6 addr show dev v0
ip netns exec a sysctl -w net.ipv6.conf.all.disable_ipv6=1
ip netns exec a sysctl net.ipv6.conf.lo.disable_ipv6 net.ipv6.conf.default.disable_ipv6
ip -n a addr show
ip netns exec a sysctl -w net.ipv6.conf.all.disable_ipv6=0
ip netns exec a sysctl -w net.ipv6.conf.v0.keep_addr_on_down=1
ip -n a addr add 2001:db8::1/64 dev v0 nodad
sleep 2
ip -n a link set v0 down
ip -n a -6 addr show dev v0
ip -n a -6 route show
ip -n a link set v0 up
sleep 3
ip -n a -6 addr show dev v0
ip -n a -6 route show table all
ip netns exec a sysctl -w net.ipv6.conf.v0.addr_gen_mode=1
ip -n a link set v0 down
ip -n a link set v0 up
sleep 2
ip -n a -6 addr show dev v0
ip netns exec a sysctl -w net.ipv6.conf.all.forwarding=1
ip -n a -6 route show table local
ip netns exec a sysctl net.ipv6.conf.v0.forwarding net.ipv6.conf.default.forwarding net.ipv6.conf.lo.forwarding
ip netns exec a sysctl -w net.ipv6.conf.v0.forwarding=0
ip -n a -6 route show table local
ip -n a link set v0 name w0
ip netns exec a sysctl net.ipv6.conf.w0.keep_addr_on_down
ip netns exec a sysctl net.ipv6.conf.v0.keep_addr_on_down
ip netns exec a sysctl -w net.ipv6.conf.w0.hop_limit=0
ip netns exec a sysctl -w net.ipv6.conf.w0.mtu=1000
ip netns exec a sysctl -w net.ipv6.conf.w0.mtu=1400
ip netns exec a sysctl net.ipv6.neigh.w0.locktime net.ipv6.neigh.w0.retrans_time_ms net.ipv6.icmp.ratemask net.ipv6.route.mtu_expires
