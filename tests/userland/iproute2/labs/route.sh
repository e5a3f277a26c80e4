# routes: added, replaced, looked up, listed, deleted, flushed
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
sleep 1.2
ip -n a addr add 10.0.0.1/24 dev v0
ip -n a route add 10.1.0.0/16 via 10.0.0.2
ip -n a route add 10.1.0.0/16 via 10.0.0.3
ip -n a route append 10.1.0.0/16 via 10.0.0.3
ip -n a route replace 10.1.0.0/16 via 10.0.0.4
ip -n a route change 10.2.0.0/16 via 10.0.0.4
ip -n a route prepend 10.1.0.0/16 via 10.0.0.9
ip -n a route
ip -n a route add default via 10.0.0.2 metric 50 proto static
ip -n a route add default dev v0 metric 60 scope link src 10.0.0.1 mtu 1400
ip -n a route add blackhole 10.3.0.0/16
ip -n a route add unreachable 10.4.0.0/16 metric 9
ip -n a route add prohibit 10.5.0.0/16
ip -n a route add throw 10.6.0.0/16
ip -n a route add 10.7.0.0/16 via 10.0.0.2 table 100
ip -n a route add 10.7.0.0/16 via 10.0.0.2 table 1000 tos 0x10
ip -n a route add 10.8.0.0/16 nexthop via 10.0.0.2 weight 2 nexthop via 10.0.0.3 dev v0
ip -n a route add 10.9.0.0/16 via 11.0.0.1 dev v0 onlink
ip -n a route add 10.10.0.0/16 via 11.0.0.1
ip -n a route add 10.10.0.0/16 via 11.0.0.1 dev v0
ip -n a route add 10.10.0.0/16 dev nosuch
ip -n a route add 10.10.0.1/16 dev v0
ip -n a route add 10.10.0.0/33 dev v0
ip -n a route add 10.10.0.0/16
ip -n a route add 10.10.0.0/16 via
ip -n a route add 10.10.0.0/16 via bogus
ip -n a route add 10.11.0.1 dev v0
ip -n a route add local 10.12.0.1 dev v0
ip -n a route add broadcast 10.13.0.1 dev v0
ip -n a route
ip -n a -d route
ip -n a route show table all
ip -n a route show table 100
ip -n a route show table bogus
ip -n a route show default
ip -n a route show 10.1.0.0/16
ip -n a route show to match 10.1.2.3
ip -n a route show root 10.0.0.0/8
ip -n a route show dev v0
ip -n a route show via 10.0.0.2
ip -n a route show proto static
ip -n a route show proto kernel scope link
ip -n a route show type blackhole
ip -n a route show dev nosuch
ip -n a route get 10.0.0.2
ip -n a route get 10.1.2.3
ip -n a route get 10.3.0.1
ip -n a route get 10.4.0.1
ip -n a route get 10.5.0.1
ip -n a route get 10.0.0.1
ip -n a route get 127.0.0.1
ip -n a route get 10.0.0.255
ip -n a route get 8.8.8.8 from 10.0.0.1
ip -n a route get 8.8.8.8 from 10.0.0.77
ip -n a route get 8.8.8.8 from 10.0.0.7 iif v0
ip -n a route get 10.0.0.1 from 10.0.0.7 iif v0
ip -n a route get 8.8.8.8 mark 5 oif v0
ip -n a route get fibmatch 10.1.2.3
ip -n a route get 10.1.2.0/24
ip -n a route get
ip -n a route get 224.0.0.1
ip -n b route get 10.0.0.1
ip -n a route del 10.1.0.0/16 via 10.0.0.3
ip -n a route del 10.1.0.0/16
ip -n a route del 10.99.0.0/16
ip -n a route del default metric 60
ip -n a route del table 100 10.7.0.0/16
ip -n a route flush 10.3.0.0/16
ip -n a route flush table 1000
ip -n a -s route flush dev v0
ip -n a route flush
ip -n a route bogus
ip -n a route
ip -n a r
ip -n a ro
ip -n a route list table local
ip -n a route show table 255
ip -n a route show table all type broadcast
ip -n a route show table main root 10.8.0.0/13
ip -n a route show exact 10.4.0.0/16
ip -n a route show from 10.0.0.0/8
ip -n a route show metric 9
ip -n a route show scope all
ip -n a route show proto all
ip -n a route show proto bogus
ip -n a route show scope bogus
ip -n a route show type bogus
ip -n a route show src 10.0.0.1
ip -n a route show table all src 10.0.0.1
ip -n a route show bogus
ip -n a route show table 77
ip -n a route show cache
ip -n a -4 route
ip -n a -6 route
ip -n a -o route
ip -n b route
ip -n b -s route flush table all
ip -n a route add 10.50.0.0/16 via 10.0.0.2 dev v0 proto 77 scope 200 table 77 metric 0x10
ip -n a route show table 77
ip -n a route del 10.50.0.0/16 table 77 proto static
ip -n a route del 10.50.0.0/16 table 77 proto 77
ip -n a route add 10.51.0.0/16 via 10.0.0.2 mtu lock 1300 advmss 500 hoplimit 9
ip -n a route add 10.52.0.0/16 via 10.0.0.2 mtu x
ip -n a route add 10.52.0.0/16 via 10.0.0.2 hoplimit 300
ip -n a route add 10.52.0.0/16 via 10.0.0.2 via 10.0.0.3
ip -n a route add 10.52.0.0/16 via inet 10.0.0.2
ip -n a route add 10.53.0.0/16 nexthop via 10.0.0.2 nexthop
ip -n a route add 10.53.0.0/16 nexthop via 10.0.0.2 weight 0
ip -n a route add 10.53.0.0/16 nexthop via 10.0.0.2 bogus
ip -n a route add 10.53.0.0/16 nexthop via 10.0.0.2 nexthop dev nosuch
ip -n a route add 10.53.0.0/16 10.54.0.0/16 via 10.0.0.2
ip -n a route add 10.53.0.0/16 via 10.0.0.2 src 10.0.0.99
ip -n a route add 10.53.0.0/16 dev v0 scope bogus
ip -n a route add 10.53.0.0/16 dev v0 proto bogus
ip -n a route add 10.53.0.0/16 dev v0 table bogus
ip -n a route add 10.53.0.0/16 dev v0 tos bogus
ip -n a route add 10.53.0.0/16 dev v0 metric bogus
ip -n a route add bogus dev v0
ip -n a route add unreachable default metric 4294967295
ip -n a route add 0.0.0.0/0 via 10.0.0.2
ip -n a route add to 10.55.0.0/16 dev v0
ip -n a route test 10.55.0.0/16 dev v0
ip -n a route append 10.55.0.0/16 dev v0
ip -n a route
ip -n a route get 10.55.1.1
ip -n a route get to 10.51.1.1
ip -n a route get 10.200.0.1
ip -n a route get 10.51.0.1 dev lo
ip -n a route get 10.51.0.1 dev nosuch
ip -n a route get bogus
ip -n a route get 10.51.0.1 mark x
ip -n a route get 10.51.0.1 mark 0x20
ip -n a route get 10.51.0.1 ipproto udp sport 5 dport 6
ip -n a route get 10.51.0.1 ipproto bogus
ip -n a route get 10.51.0.1 uid 5
ip -n a route get 10.51.0.1 tos 0x10
ip -n a -o route get 10.51.0.1
ip -n a -d route get 10.51.0.1
ip -n a route get fibmatch 10.51.0.1
ip -n a route del 10.51.0.0/16
ip -n a route del 10.51.0.0/16
ip -n a route delete default
ip -n a route delete default
ip -n a route del 10.55.0.0/16 via 10.0.0.9
ip -n a route del 10.55.0.0/16 dev lo
ip -n a link set v0 down
ip -n a route
ip -n a link set v0 up
sleep 1.2
ip -n a route
ip -n a -s route flush root 10.0.0.0/8
ip -n a -s -s route flush proto boot
ip -n a route flush table main
ip -n a route show table all
ip -n a route flush cache
ip -n a -s route flush cache
