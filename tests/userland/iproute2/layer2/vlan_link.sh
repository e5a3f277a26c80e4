# vlan devices: made, listed, changed, refused; what they take from the device below
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link add link v0 name v0.5 type vlan id 5
ip -n a -d link show dev v0.5
ip -n a link set v0.5 up
ip -n a link set v0 up
ip -n b link set v1 up
sleep 1.2
ip -n a link show
ip -n a link add link v0 type vlan id 6
ip -n a link add link v0 name v0.7 address 02:00:00:00:00:77 mtu 1400 type vlan id 7 protocol 802.1ad ingress-qos-map 1:2 3:4 egress-qos-map 5:6 21:1 16:0
ip -n a -d link show type vlan
ip -n a -o -d link show dev v0.7
ip -n a link add link v0 name x type vlan id 5
ip -n a link add link v0 name x type vlan id 4095
ip -n a link add link v0 name x type vlan id 4096
ip -n a link add link v0 name x type vlan id 65536
ip -n a link add link v0 name x type vlan
ip -n a link add name x type vlan id 8
ip -n a link add link lo name x type vlan id 8
ip -n a link add link nosuch name x type vlan id 8
ip -n a link add link v0 name x type vlan id 8 protocol ip
ip -n a link add link v0 name x type vlan id 8 protocol bogus
ip -n a link add link v0 name x type vlan id 8 gvrp maybe
ip -n a link add link v0 name x type vlan id 8 bogus
ip -n a link add link v0 name x mtu 1501 type vlan id 8
ip -n a link add link v0 name x address ff:ff:ff:ff:ff:ff type vlan id 8
ip -n a link add link v0 name x address 02:00:00:00 type vlan id 8
ip -n a link add link v0 name x type vlan id 8 ingress-qos-map 1
ip -n a link add link v0 name x type vlan id 8 egress-qos-map 1:x
ip -n a link set v0.5 mtu 1501
ip -n a link set v0.5 mtu 67
ip -n a link show dev v0.5
ip -n a link set v0.5 mtu 1500
ip -n a link set v0 mtu 1300
ip -n a link show
ip -n a link set v0 address 02:00:00:00:00:09
ip -n a link show
ip -n a link set v0 down
ip -n a link show
ip -n a link set v0.5 up
ip -n a link set v0 up
sleep 1.2
ip -n a link show
ip -n b link set v1 down
sleep 1.2
ip -n a link show
ip -n b link set v1 up
ip -n a link set v0.7 type vlan loose_binding on egress-qos-map 5:0 ingress-qos-map 3:0
ip -n a -d link show dev v0.7
ip -n a link set v0.7 type vlan id 9
ip -n a -d link show dev v0.7
ip -n a link set v0.5 promisc on
ip -n a -d link show dev v0
ip -n a link set v0.5 promisc off allmulticast on
ip -n a -d link show dev v0
ip -n a link set v0.5 allmulticast off
ip -n a link add link v0.5 name q type vlan id 6
ip -n a -d link show dev q
ip -n a link set v0.5 netns b
sleep 1.2
ip -n a link show
ip -n b link show
ip -n b link del v0.5
ip -n b link show
ip link add link v0 name x netns b type vlan id 3
ip -n a link add link v0 name x netns b type vlan id 3
ip -n b -d link show dev x
ip -n a link del v0
ip -n a link show
ip -n b link show
ip link help vlan
ip link add type vlan help
