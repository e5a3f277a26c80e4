# Routes as ip -6 route adds, lists, looks up and deletes them; policy rules; a device that goes down and up.
ip netns add a
ip netns add b
ip -n a link set lo up
ip -n b link set lo up
ip link add v0 netns a type veth peer name v0 netns b
ip -n a link set v0 address 02:00:00:00:00:01
ip -n b link set v0 address 02:00:00:00:00:02
ip -n a addr add 2001:db8::1/64 dev v0 nodad
ip -n b addr add 2001:db8::2/64 dev v0 nodad
ip -n a link set v0 up
ip -n b link set v0 up
ip -n a addr show dev v0
sleep 3
ip -n a addr show dev v0
ip -n a -6 route show table all
ip -n a -6 route add default via 2001:db8::2
ip -n a -6 route add 2001:db8:1::/48 via fe80::ff:fe00:2 dev v0
ip -n a -6 route add unreachable 2001:db8:2::/64
ip -n a -6 route add blackhole 2001:db8:3::/64 metric 5
ip -n a -6 route add prohibit 2001:db8:4::/64
ip -n a -6 route add throw 2001:db8:5::/64
ip -n a -6 route add 2001:db8:6::/64 nexthop via 2001:db8::2 nexthop via fe80::ff:fe00:2 dev v0 weight 2
ip -n a -6 route add 2001:db8:7::/64 dev v0 src 2001:db8::1 mtu 1400 hoplimit 9
ip -n a -6 route add 2001:db8:8::/64 via 2001:db8:9::1
ip -n a -6 route add 2001:db8:8::/64 via 2001:db8::1
ip -n a -6 route add 2001:db8:8::/64 via 2001:db8::99 onlink
ip -n a -6 route add 2001:db8:8::/64 via 2001:db8::99 dev v0 onlink
ip -n a -6 route add 2001:db8:8::/64 via ff02::1 dev v0
ip -n a -6 route add 2001:db8:8::/64 via 2001:db8::99 dev v0
ip -n a -6 route append 2001:db8:8::/64 via 2001:db8::98 dev v0
ip -n a -6 route add 2001:db8:a::/64 dev lo
ip -n a -6 route show
ip -n a -6 route show table all
ip -n a -d -6 route show
ip -n a -6 route get 2001:db8::2
ip -n a -6 route get 2001:db8:1::2
ip -n a -6 route get 2001:db8:2::2
ip -n a -6 route get 2001:db8:3::2
ip -n a -6 route get 2001:db8:4::2
ip -n a -6 route get 2001:db8:5::2
ip -n a -6 route get 2001:db8:6::2
ip -n a -6 route get 2001:db8:7::2
ip -n a -6 route get 2001:db8::1
ip -n a -6 route get ::1
ip -n a -6 route get fe80::5
ip -n a -6 route get fe80::5 dev v0
ip -n a -6 route get ff02::1 dev v0
ip -n a -6 route get ff02::1 
ip -n a -6 route get 2001:db8::2 from 2001:db8::1 iif v0
ip -n a -6 route get 2001:db8::2 from 2001:db8::1
ip -n a -6 route get 2001:db8::2 fibmatch
ip -n a -6 route get 2001:db8::1 from 2001:db8::2 iif v0
ip -n a -6 rule
ip -n a rule add from 2001:db8::1 lookup 100
ip -n a -6 rule add fwmark 7 lookup 100 pref 50
ip -n a -6 route add default dev v0 table 100
ip -n a -6 rule
ip -n a -6 route show table 100
ip -n a -6 route get 2001:db8:99::1 mark 7
ip -n a -6 route del 2001:db8:6::/64 via 2001:db8::2
ip -n a -6 route show 2001:db8:6::/64
ip -n a -6 route del 2001:db8:8::/64
ip -n a -6 route del 2001:db8:8::/64
ip -n a -6 route del 2001:db8:77::/64
ip -n a -6 route replace default via 2001:db8::3
ip -n a -6 route add 2001:db8:b::1/64 dev v0
ip -n a -6 route show default
ip -n a -6 route show
ip -n a -6 route flush table 100
ip -n a -6 route flush proto boot
ip -n a -6 route show
ip -n a link set v0 down
ip -n a addr show dev v0
ip -n a -6 route show table all
ip -n a link set v0 up
ip -n a addr show dev v0
ip -n a -6 route show table all
