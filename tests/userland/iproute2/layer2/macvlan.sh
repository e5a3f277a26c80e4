# macvlan devices: made, listed, refused; packets between them and outside
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add m1
ip netns exec m1 sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add m2
ip netns exec m2 sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add m3
ip netns exec m3 sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1
ip -n a link add link v0 name p netns m1 address 02:00:00:00:01:01 type macvlan mode bridge
ip -n a link add link v0 name q netns m2 address 02:00:00:00:01:02 type macvlan mode bridge
ip -n a link add link v0 name r netns m3 address 02:00:00:00:01:03 type macvlan
ip -n m1 addr add 10.0.0.11/24 dev p
ip -n m1 link set p up
ip -n m2 addr add 10.0.0.12/24 dev q
ip -n m2 link set q up
ip -n m3 addr add 10.0.0.13/24 dev r
ip -n m3 link set r up
ip -n m1 -d link show dev p
ip -n m3 -d link show dev r
ip netns exec m1 ping -c 1 -W 1 10.0.0.2
ip netns exec m1 ping -c 1 -W 1 10.0.0.12
ip netns exec m1 ping -c 1 -W 1 10.0.0.13
ip netns exec m1 ping -c 1 -W 1 10.0.0.1
ip netns exec m3 ping -c 1 -W 1 10.0.0.2
ip netns exec b ping -c 1 -W 1 10.0.0.11
sleep 7
ip -n a -s link show
ip -n a neigh
ip -n b -s link show
ip -n b neigh
ip -n m1 -s link show
ip -n m1 neigh
ip -n m2 -s link show
ip -n m2 neigh
ip -n m3 -s link show
ip -n m3 neigh
ip -n a link add link v0 name x type macvlan mode passthru
ip -n a link add link v0 name x type macvlan mode wrong
ip -n a link add link lo name x type macvlan mode bridge
ip -n a link add name x type macvlan mode bridge
ip -n a link add link v0 name x mtu 1501 type macvlan mode bridge
ip -n a link add link v0 name x type macvlan mode bridge nopromisc
ip -n a link add link v0 name x type macvlan bogus
ip -n a link add link v0 name x address 02:00:00:00:00:01 type macvlan mode bridge
ip -n a link set x up
ip -n a link del x
ip -n m1 link set p address 02:00:00:00:01:02
ip -n m1 link set p mtu 1501
ip -n m1 link set p mtu 1400
ip -n m1 link set p type macvlan mode private
ip -n m1 -d link show dev p
ip -n m1 link set p type macvlan mode passthru
ip -n m1 link set p promisc on
ip -n a -d link show dev v0
ip -n m1 link set p promisc off
ip -n a link add br0 address 02:00:00:00:0b:00 type bridge
ip -n a link set v0 master br0
ip -n a link set v0 down
ip -n m1 link show dev p
ip -n m1 link set p down
ip -n m1 link set p up
ip -n a link set v0 up
sleep 1.2
ip -n m1 link show dev p
ip -n a link set v0 mtu 1300
ip -n m1 link show dev p
ip -n m2 link show dev q
ip -n m1 link del p
ip -n m2 link del q
ip -n m3 link del r
ip -n a link add link v0 name pt type macvlan mode passthru
ip -n a link set pt up
ip -n a -d link show
ip -n a link set pt address 02:00:00:00:07:07
ip -n a link show
ip -n a link add link v0 name x type macvlan mode bridge
ip -n a link del pt
ip -n a -d link show dev v0
ip -n a link add link v0 name m address 02:00:00:00:09:01 type macvlan mode bridge
ip -n a link add link m name mm address 02:00:00:00:09:02 type macvlan mode bridge
ip -n a link show dev mm
ip -n a link del v0
ip -n a link show
ip link help macvlan
ip link add type macvlan help
