# addresses: added, changed, listed, deleted, flushed
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
sleep 1.2
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a addr add 10.0.0.1/24 dev v0
ip -n a addr add 10.0.0.5/24 dev v0
ip -n a addr add 10.0.0.5 dev v0
ip -n a addr add 10.0.1.1 peer 10.0.1.2/24 dev v0
ip -n a addr add 10.0.2.1/24 brd + dev v0
ip -n a addr add 10.0.3.1/24 brd 10.0.3.99 dev v0 label v0:x
ip -n a addr add 10.0.4.1/24 dev v0 label wrong
ip -n a addr add 10.0.4.1/24 dev v0 metric 7 scope link noprefixroute
ip -n a addr add 10.0.5.1/24 dev v0 valid_lft 100 preferred_lft 50
ip -n a addr add 10.0.6.1/24 dev v0 nodad
ip -n a addr add 10.0.7.1/24 dev v0 permanent
ip -n a addr add 127.0.0.5/8 dev v0
ip -n a addr add 224.0.0.5/24 dev v0
ip -n a addr add 0.0.0.0/24 dev v0
ip -n a addr add 10.0.8.1/24
ip -n a addr add dev v0
ip -n a addr add 10.0.8.1/24 10.0.8.2/24 dev v0
ip -n a addr add 10.0.8.1/24 dev nosuch
ip -n a addr add 10.0.8.1.1/24 dev v0
ip -n a addr add 10.0/16 dev v0
ip -n a addr add 10.0.9.1/24 scope bogus dev v0
ip -n a addr add 10.0.9.1/255.255.0.0 dev v0
ip -n a addr
ip -n a addr show dev v0 scope link
ip -n a addr show to 10.0.0.0/23
ip -n a addr show label v0:*
ip -n a addr show secondary
ip -n a addr show primary dev v0
ip -n a addr show dev nosuch
ip -n a addr show up
ip -n a addr show type veth
ip -n a addr show type dummy
ip -n a -br addr
ip -n a -o addr
ip -n a -6 addr
ip -n a -0 addr
ip -n a addr change 10.0.0.1/24 dev v0 metric 100
ip -n a addr change 10.0.0.9/24 dev v0
ip -n a addr replace 10.0.0.9/24 dev v0
ip -n a addr del 10.0.0.1/24 dev v0
ip -n a addr show dev v0
ip -n a addr del 10.0.0.5 dev v0
ip -n a addr del 10.0.0.77/24 dev v0
ip -n a addr flush dev v0 scope link
ip -n a -s addr flush dev v0
ip -n a -s -s addr flush dev v0
ip -n a addr flush
ip -n a addr flush dev lo
ip -n a addr bogus
ip -n a addr add
ip -n a addr del
ip -n a addr
ip -n a addr add 10.0.0.1/24 dev v0
ip -n a addr add 10.0.0.1/24 dev v0
ip -n a a
ip -n a address show dev v0
ip -n a addr list v0
ip -n a addr show if2
ip -n a addr show v0 lo
ip -n a addr show dev
ip -n a addr show to bogus
ip -n a addr show scope bogus
ip -n a addr show scope all
ip -n a addr show scope global up
ip -n a addr show -dynamic
ip -n a addr show -permanent
ip -n a addr show noprefixroute
ip -n a addr show master nosuch
ip -n a addr show group 0
ip -n a addr show group 7
ip -n a -s addr show v0
ip -n a -d addr show v0
ip -n a -4 -o addr
ip -n a -f inet6 addr
ip -n b -4 addr
ip -n b addr
ip -n a addr add 10.0.0.2/24 peer 10.0.0.3 peer 10.0.0.4 dev v0
ip -n a addr add 10.1.0.2 peer 10.1.0.3 dev v0
ip -n a addr add 10.2.0.1/31 brd + dev v0
ip -n a addr add 10.3.0.1/24 brd - dev v0
ip -n a addr add 10.4.0.1/24 brd + brd + dev v0
ip -n a addr add 10.4.0.1/24 brd bogus dev v0
ip -n a addr add 10.4.0.1/24 broadcast 10.4.0.255 scope host dev v0
ip -n a addr add 10.5.0.1/24 metric 50 dev v0
ip -n a addr add 10.6.0.1/24 metric x dev v0
ip -n a addr add 10.6.0.1/24 valid_lft x dev v0
ip -n a addr add 10.6.0.1/24 valid_lft 10 preferred_lft 20 dev v0
ip -n a addr add 10.6.0.1/24 valid_lft 0 dev v0
ip -n a addr add 10.6.0.1/24 autojoin dev v0
ip -n a addr add 10.6.0.1/24 dev v0 label
ip -n a addr add local 10.7.0.1/24 dev v0
ip -n a addr add 10.8.0.1/0x18 dev v0
ip -n a addr add 10.9.0.1/33 dev v0
ip -n a addr add 10.9.0.1/24/24 dev v0
ip -n a addr add 10.9.0.256/24 dev v0
ip -n a addr add default dev v0
ip -n a addr add any dev v0
ip -n a addr show v0
ip -n a addr del 10.5.0.1/24 dev v0
ip -n a addr del 10.5.0.1/24 dev v0
ip -n a addr del 10.7.0.1/16 dev v0
ip -n a addr del 10.7.0.1/24 dev lo
ip -n a addr del 10.7.0.1 dev v0
ip -n a addr del 10.1.0.2 peer 10.1.0.3 dev v0
ip -n a addr show v0
ip -n a link set v0 down
ip -n a addr show v0
ip -n a -s addr flush to 10.2.0.0/15
ip -n a addr flush v0
ip -n a addr show v0
