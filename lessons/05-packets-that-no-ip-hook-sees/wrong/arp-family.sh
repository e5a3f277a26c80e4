#: task standby
ip netns add standby
ip link add s0 netns standby type veth peer name port2 netns net
ip netns exec standby sysctl -qw net.ipv6.conf.all.disable_ipv6=1
ip -n standby link set s0 up
ip -n net link set port2 up
ip -n standby addr add 10.0.1.3/24 dev s0
ip -n net addr add 10.0.1.2/24 dev port2
ip netns exec standby nft add table arp f
ip netns exec standby nft add chain arp f output '{ type filter hook output priority filter; }'
ip netns exec standby nft add rule arp f output arp saddr ip 10.0.1.100 drop
