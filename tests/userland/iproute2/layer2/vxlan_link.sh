# vxlan devices: made, listed, changed, refused; their forwarding database
ip netns add s
ip netns exec s sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add pa netns s address 02:00:00:00:00:02 type veth peer name va netns b address 02:00:00:00:00:01
ip -n s link set pa up
ip -n b link set va up
ip -n s addr add 192.0.2.1/24 dev pa
ip -n s link add vx0 address 02:00:00:00:01:00 type vxlan id 42 remote 192.0.2.2 dstport 4789 dev pa
ip -n s link add vx1 address 02:00:00:00:01:01 type vxlan id 43
ip -n s link add vx2 address 02:00:00:00:01:02 type vxlan id 44 group 239.1.1.1 dev pa ttl 5 tos 8 df set nolearning local 192.0.2.1 srcport 10 20 ageing 30 noudpcsum maxaddress 7
ip -n s link add vx3 type vxlan id 44 dstport 8472
ip -n s -d link show type vxlan
ip -n s link set vx0 up
ip -n s -d link show vx0
ip -n s link set vx2 up
ip -n s link show vx2
ip -n s link set pa mtu 1400
ip -n s link show
ip -n s link set vx0 mtu 1400
ip -n s link set vx0 mtu 1340
ip -n s link show vx0
bridge -n s fdb show dev vx0
bridge -n s fdb add 02:00:00:00:00:55 dev vx0 dst 192.0.2.3
bridge -n s fdb add 02:00:00:00:00:55 dev vx0 dst 192.0.2.3
bridge -n s fdb append 02:00:00:00:00:55 dev vx0 dst 192.0.2.4
bridge -n s fdb append 00:00:00:00:00:00 dev vx0 dst 192.0.2.5 port 4790 vni 7 via pa
bridge -n s fdb append 00:00:00:00:00:00 dev vx0 dst 192.0.2.2
bridge -n s fdb append 01:00:5e:00:00:05 dev vx0 dst 192.0.2.6
bridge -n s fdb add 02:00:00:00:00:56 dev vx0 dst 192.0.2.6 dynamic
bridge -n s fdb add 02:00:00:00:00:57 dev vx0
bridge -n s fdb add 02:00:00:00:00:58 dev vx0 dst 192.0.2.6 vni 99999999
bridge -n s fdb add 02:00:00:00:00:58 dev vx0 dst 192.0.2.6 port 99999
bridge -n s fdb add 02:00:00:00:00:58 dev vx0 dst 192.0.2.6 via nosuch
bridge -n s fdb add 02:00:00:00:00:58 dev pa dst 192.0.2.6
bridge -n s fdb show dev vx0
bridge -n s fdb replace 02:00:00:00:00:55 dev vx0 dst 192.0.2.9
bridge -n s fdb replace 02:00:00:00:00:56 dev vx0 dst 192.0.2.9
bridge -n s fdb del 00:00:00:00:00:00 dev vx0 dst 192.0.2.5 port 4790 vni 7 via pa
bridge -n s fdb del 00:00:00:00:00:00 dev vx0 dst 192.0.2.77
bridge -n s fdb del 02:00:00:00:00:99 dev vx0
bridge -n s -s fdb show dev vx0
bridge -n s fdb get 02:00:00:00:00:56 dev vx0 self
ip -n s link set vx0 down
bridge -n s fdb show dev vx0
ip -n s link set vx0 type vxlan id 6
ip -n s link set vx0 type vxlan id 42 dstport 77
ip -n s link set vx0 type vxlan id 42 remote 192.0.2.8 ageing 77 nolearning tos 4 ttl 7
ip -n s -d link show vx0
bridge -n s fdb show dev vx0
ip -n s link add x type vxlan dstport 0
ip -n s link add x type vxlan foo
ip -n s link add x type vxlan
ip -n s link add x type vxlan id 5 dstport 0 ttl 300
ip -n s link add x type vxlan id 5 dstport 0 id 6
ip -n s link add x type vxlan id 5 dstport 0 group 1.2.3.4
ip -n s link add x type vxlan id 5 dstport 0 remote 239.1.1.1
ip -n s link add x type vxlan id 5 dstport 0 group 239.1.1.1
ip -n s link add x type vxlan id 5 dstport 0 local 239.1.1.1
ip -n s link add x type vxlan id 16777216 dstport 0
ip -n s link add x type vxlan id 5 dstport 0 label 5
ip -n s link add x type vxlan id 5 dstport 0 srcport 20 10
ip -n s link add x type vxlan id 5 dstport 0 dev nosuch
ip -n s link add x mtu 40 type vxlan id 5 dstport 0
ip -n s link add x type vxlan id 42 dstport 4789
ip -n s link add br0 address 02:00:00:00:0b:00 type bridge mcast_snooping 0
ip -n s link set vx0 master br0
ip -n s link set br0 up
ip -n s link show vx0
ip -n s link set vx0 up
bridge -n s fdb show dev vx0
ip -n s link del pa
sleep 1.2
ip -n s link show
