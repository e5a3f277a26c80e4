# links: what can be set
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 mtu 1400
ip -n a link set v0 alias "hello there"
ip -n a link show v0
ip -n a link set v0 name v7
ip -n a link show v7
ip -n a link set dev v7 name v0
ip -n a link set v0 txqueuelen 0
ip -n a link show v0
ip -n a link set v0 qlen 500 group 5
ip -n a link show v0
ip -n a link set v0 arp off multicast off promisc on allmulticast on dynamic on trailers off
ip -n a link show v0
ip -n a link set v0 arp on multicast on promisc off allmulticast off dynamic off trailers on
ip -n a link set v0 address 02:00:00:00:00:77
ip -n a link set v0 brd ff:ff:ff:ff:ff:00
ip -n a link show v0
ip -n a link set v0 broadcast ff:ff:ff:ff:ff:ff
ip -n a link set v0 up
sleep 1.2
ip -n a link show v0
ip -n a link set v0 carrier off
ip -n b link set v1 up
sleep 1.2
ip -n a link show v0
ip -n b link show v1
ip -n a link set v0 address 02:00:00:00:00:01
ip -n a link set v0 name v9
ip -n a link set v9 name veth%d
ip -n a link show
ip -n a link set veth0 name v0
ip -n a link set v0 down up
ip -n a link set v0 up down
sleep 1.2
ip -n b link show v1
ip -n a link set v0 alias ""
ip -n a link show v0
ip -n a link set nosuch up
ip -n a link set
ip -n a link set up
ip -n a link set v0 bogus 1
ip -n a link set v0 mtu
ip -n a link set v0 mtu 60
ip -n a link set v0 mtu 70000
ip -n a link set v0 mtu abc
ip -n a link set v0 mtu -1
ip -n a link set v0 mtu 0x400
ip -n a link set v0 mtu 1500 mtu 1400
ip -n a link show v0
ip -n a link set v0 mtu 1500
ip -n a link set v0 address 01:00:00:00:00:01
ip -n a link set v0 address 00:00:00:00:00:00
ip -n a link set v0 address 02:00:00:00:00
ip -n a link set v0 address zz
ip -n a link set v0 address 300:1:1:1:1:1
ip -n a link set v0 address 2:0:0:0:0:1g
ip -n a link show v0
ip -n a link set v0 address 02:00:00:00:00:01
ip -n a link set v0 name toolongnametoolong
ip -n a link set v0 name lo
ip -n a link set v0 name ""
ip -n a link set v0 name x name y
ip -n a link set v0 index 7
ip -n a link set v0 promisc maybe
ip -n a link set v0 arp maybe
ip -n a link set v0 carrier maybe
ip -n a link set v0 master lo
ip -n a link set v0 nomaster
ip -n a link set v0 master nosuch
ip -n a link set v0 vrf nosuch
ip -n a link set v0 group nosuch
ip -n a link set v0 txqueuelen abc
ip -n a link set v0 type veth
ip -n a link set v0 type veth bogus
ip -n a link set group default mtu 1450
ip -n a link set group 5 mtu 1450
ip -n a link set group 9 up
ip -n a link set group 5 bogus
ip -n a link
ip -n a link set lo up
ip -n a link set lo mtu 1000
ip -n a link show lo
ip -n a link set lo name lo0
ip -n a link show
ip -n a link set lo0 name lo down
ip -n a link change v0 mtu 1280
ip -n a link set if2 mtu 1281
ip -n a link set if99 mtu 1281
ip -n a link bogus
ip -n a link
