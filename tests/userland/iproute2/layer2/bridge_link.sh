# bridges: made, listed, changed; ports, their states, what they inherit; errors
ip netns add s
ip netns exec s sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add pa netns s address 02:00:00:00:00:02 type veth peer name va netns b address 02:00:00:00:00:01
ip link add pb netns s address 02:00:00:00:00:04 type veth peer name vb netns b address 02:00:00:00:00:03
ip -n s link add br0 address 02:00:00:00:0b:00 type bridge mcast_snooping 0
ip -n s link show
ip -n s -d link show br0
ip -n s link set pa master br0
ip -n s -d link show br0
ip -n s link set br0 up
ip -n s link show br0
ip -n s link set pa up
ip -n b link set va up
ip -n s link show
ip -n s link show type bridge
ip -n s link show master br0
ip -n s link show type bridge_slave
ip -n s link set pb master br0
bridge -n s link show
bridge -n s link set dev pa hairpin on learning off flood off isolated on cost 5 priority 3
bridge -n s -d link show dev pa
bridge -n s link set dev pa state 4
bridge -n s link show dev pa
bridge -n s link set dev pa state 7
bridge -n s link set dev pa learning maybe
bridge -n s link set dev nosuch learning on
bridge -n s link set
ip -n s link set pa type bridge_slave hairpin off cost 2 priority 32
ip -n s link set pa type bridge_slave priority 100
ip -n s link set pa type bridge_slave hairpin foo
ip -n s link set va type bridge_slave hairpin on
ip -n b link set va type bridge_slave hairpin on
ip -n s link set br0 type bridge ageing_time 0 group_fwd_mask 8 nf_call_iptables 1 vlan_filtering 1
ip -n s link set br0 type bridge group_fwd_mask 1
ip -n s link set br0 type bridge vlan_protocol 0x1234
ip -n s link set br0 type bridge forward_delay 100
ip -n s link set br0 type bridge hello_time 1
ip -n s link set br0 type bridge ageing_time zz
ip -n s link set br0 type bridge ageing_time
ip -n s -d link show br0
ip -n s link set pa mtu 1400
ip -n s link show br0
ip -n s link set br0 mtu 1450
ip -n s link set pa mtu 1300
ip -n s link show br0
ip -n s link set br0 master pa
ip -n s link set lo master br0
ip -n s link add br1 address 02:00:00:00:0b:01 type bridge
ip -n s link set br1 master br0
ip -n s link set pa master br1
ip -n s link show pa
ip -n s link set pa nomaster
ip -n s link set pa nomaster
ip -n s link set pa netns b
ip -n s link set pb netns b
ip -n s link show master br0
ip -n s link set br0 netns b
ip -n s link show
ip -n s link set br0 down
ip -n s link del br0
ip -n s link del br1 type bridge
ip -n s link show
ip -n s link add x type bridge foo
ip -n s link add x address 02:00:00:00 type bridge
bridge -n s foo
bridge -n nosuch link
