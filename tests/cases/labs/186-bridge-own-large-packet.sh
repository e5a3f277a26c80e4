# A packet of the bridge itself, too large for the tunnel under it: the answer still has the route of the packet.
ip netns add s
ip netns exec s sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add t
ip netns exec t sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add u0 netns s address 02:00:00:00:00:03 type veth peer name u1 netns t address 02:00:00:00:00:04
ip -n s addr add 192.0.2.1/24 dev u0
ip -n s neigh add 192.0.2.2 lladdr 02:00:00:00:00:04 dev u0
ip -n s link add vx address 02:00:00:00:00:05 type vxlan id 7 local 192.0.2.1 remote 192.0.2.2 dstport 4789 noudpcsum
ip -n s link add br0 address 02:00:00:00:00:07 type bridge mcast_snooping 0
ip netns exec s sysctl -qw net.bridge.bridge-nf-call-iptables=0
ip -n s link set vx master br0
ip -n s link set u0 up
ip -n t link set u1 up
ip -n s link set vx up
ip -n s link set br0 up
ip -n s addr add 10.0.0.3/24 dev br0
ip -n s neigh add 10.0.0.2 lladdr 02:00:00:00:00:06 dev br0
ip netns exec s ping -c 1 -W 0.3 -s 1472 10.0.0.2
ip -n s -s link
