# the bridge's database: entries added, replaced, deleted, flushed, learned; what is refused
ip netns add s
ip netns exec s sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add pa netns s address 02:00:00:00:00:02 type veth peer name va netns b address 02:00:00:00:00:01
ip link add pb netns s address 02:00:00:00:00:04 type veth peer name vb netns b address 02:00:00:00:00:03
ip -n s link add br0 address 02:00:00:00:0b:00 type bridge mcast_snooping 0
ip -n s link set pa master br0
ip -n s link set pb master br0
ip -n s link set br0 up
ip -n s link set pa up
ip -n s link set pb up
ip -n b link set va up
ip -n b link set vb up
bridge -n s fdb show
bridge -n s -s fdb show br br0
bridge -n s fdb show brport pa
bridge -n s fdb show dynamic
bridge -n s fdb add 02:00:00:00:00:77 dev pa master static
bridge -n s fdb add 02:00:00:00:00:77 dev pa master static
bridge -n s fdb add 02:00:00:00:00:78 dev pa master
bridge -n s fdb add 02:00:00:00:00:78 dev pa
bridge -n s fdb add 02:00:00:00:00:78 dev pa
bridge -n s fdb add 02:00:00:00:00:79 dev pa master dynamic
bridge -n s fdb add 02:00:00:00:00:80 dev br0 self
bridge -n s fdb add 02:00:00:00:00:80 dev br0 self local
bridge -n s fdb add 01:00:5e:01:02:03 dev pa
bridge -n s fdb add 01:00:5e:01:02:03 dev pa master
bridge -n s fdb add 02:00:00:00:00:81 dev pa master static vlan 5
bridge -n s fdb add 02:00:00:00:00:81 dev pa master static sticky
bridge -n s fdb add 02:00:00:00:00:82 dev pa master extern_learn
bridge -n s fdb show br br0
bridge -n s fdb show br br0 dynamic
bridge -n s fdb show state static
bridge -n s fdb show br br0 brport pb
bridge -n s fdb show br br0 vlan 1
bridge -n s fdb del 02:00:00:00:00:77 dev pa master
bridge -n s fdb del 02:00:00:00:00:77 dev pa master
bridge -n s fdb del 02:00:00:00:00:78 dev pa
bridge -n s fdb del 02:00:00:00:00:78 dev pa
bridge -n s fdb replace 02:00:00:00:00:79 dev pb master static
bridge -n s fdb append 02:00:00:00:00:79 dev pb master static
bridge -n s fdb get 02:00:00:00:00:79 br br0
bridge -n s fdb get 02:00:00:00:00:99 br br0
bridge -n s fdb get 02:00:00:00:00:79
bridge -n s fdb show
bridge -n s fdb flush dev br0
bridge -n s fdb show
bridge -n s fdb flush dev nosuch
bridge -n s fdb add 02:00:00:00:00:7g dev pa master
bridge -n s fdb add 02:00:00:00:00:77 dev nope master
bridge -n s fdb add 02:00:00:00:00:77
bridge -n s fdb add 02:00:00:00:00:77 dev pa master self wrong
bridge -n s fdb add 02:00:00:00:00:77 dev lo master
bridge -n s fdb show dev nope
bridge -n s fdb show br nope
bridge -n s fdb foo
ip -n b addr add 10.0.0.1/24 dev va
ip -n s addr add 10.0.0.9/24 dev br0
ip netns exec b ping -c 1 -W 1 10.0.0.9
bridge -n s fdb show dynamic
ip -n s link set pb nomaster
bridge -n s fdb show
ip -n s link set br0 type bridge ageing_time 200
sleep 3
bridge -n s fdb show dynamic
ip netns exec b ping -c 1 -W 1 10.0.0.9
bridge -n s fdb show dynamic
ip -n b link set va down
bridge -n s fdb show
