#: task seven
ip netns add seven
ip netns exec seven sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0 net.ipv6.conf.all.addr_gen_mode=1 net.ipv6.conf.default.addr_gen_mode=1
ip link add v7 netns seven address 02:00:00:00:00:05 type veth peer name lan2 netns router address 02:00:00:00:00:06
ip -n seven link set v7 up
ip -n router link set lan2 up
ip -n seven addr add 2001:db8:1::2/64 dev v7 nodad
ip -n router addr add 2001:db8:1::1/64 dev lan2 nodad
