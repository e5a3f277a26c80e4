# a bridge that knows vlans: bridge vlan and the details of ip link on a kernel with BRIDGE_VLAN_FILTERING
ip netns add s
ip netns exec s sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add h1
ip netns exec h1 sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add e netns h1 address 02:00:00:00:00:01 type veth peer name p1 netns s address 02:00:00:00:01:01
ip -n h1 link set e up
ip -n h1 addr add 10.0.0.1/24 dev e
ip netns add h2
ip netns exec h2 sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add e netns h2 address 02:00:00:00:00:02 type veth peer name p2 netns s address 02:00:00:00:01:02
ip -n h2 link set e up
ip -n h2 addr add 10.0.0.2/24 dev e
ip netns add h3
ip netns exec h3 sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add e netns h3 address 02:00:00:00:00:03 type veth peer name p3 netns s address 02:00:00:00:01:03
ip -n h3 link set e up
ip -n h3 addr add 10.0.0.3/24 dev e
ip -n s link add br0 address 02:00:00:00:0b:00 type bridge mcast_snooping 0 vlan_filtering 1
ip -n s link set p1 master br0 up
ip -n s link set p2 master br0 up
ip -n s link set p3 master br0 up
ip -n s link set br0 up
bridge -n s vlan show
bridge -n s fdb show
bridge -n s vlan add dev p1 vid 10 pvid untagged
bridge -n s vlan add dev p2 vid 10 pvid untagged
bridge -n s vlan add dev p3 vid 20-22
bridge -n s vlan add dev br0 vid 10 self
bridge -n s vlan add dev p1 vid 4095
bridge -n s vlan add dev p1 vid 0
bridge -n s vlan add dev p1
bridge -n s vlan add dev p3 vid 30-31 pvid
bridge -n s vlan add dev br0 vid 11
bridge -n s vlan del dev p3 vid 99
bridge -n s vlan show
bridge -n s vlan show dev p1
bridge -n s vlan show vid 10
ip netns exec h1 ping -c 1 -W 1 10.0.0.2
ip netns exec h1 ping -c 1 -W 1 10.0.0.3
bridge -n s fdb show dynamic
bridge -n s fdb show br br0
ip -n h3 link add link e name e.10 type vlan id 10
ip -n h3 link set e.10 up
ip -n h3 addr flush dev e
ip -n h3 addr add 10.0.0.3/24 dev e.10
ip netns exec h1 ping -c 1 -W 1 10.0.0.3
sleep 3
bridge -n s vlan add dev p3 vid 10
ip netns exec h1 ping -c 1 -W 1 10.0.0.3
bridge -n s fdb show dynamic
ip -n s link add link br0 name br0.10 type vlan id 10
ip -n s link set br0.10 up
ip -n s addr add 10.0.0.9/24 dev br0.10
ip netns exec h1 ping -c 1 -W 1 10.0.0.9
bridge -n s vlan del dev p1 vid 10
ip netns exec h1 ping -c 1 -W 1 10.0.0.9
bridge -n s vlan show
bridge -n s fdb show
ip -n s -d link show dev p1
bridge -n s fdb add 02:00:00:00:00:77 dev p2 master static vlan 10
bridge -n s fdb add 02:00:00:00:00:78 dev p2 master static vlan 20
bridge -n s fdb add 02:00:00:00:00:79 dev p2 master static
bridge -n s fdb show brport p2
ip -n s link set br0 type bridge vlan_default_pvid 2
bridge -n s vlan show
ip -n s link set br0 type bridge vlan_filtering 0
bridge -n s vlan show
ip netns exec h1 ping -c 1 -W 1 10.0.0.2
ip -n s link set br0 type bridge vlan_protocol 802.1ad
