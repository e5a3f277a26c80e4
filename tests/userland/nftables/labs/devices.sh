# Chains of several devices, which come, go and change their names.
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.default.disable_ipv6=1
ip -n a link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02
ip -n a link add w0 address 02:00:00:00:00:03 type veth peer name w1 address 02:00:00:00:00:04
ip netns exec a nft 'table netdev n {
	chain e { type filter hook egress devices = { v0, w0 } priority 0; policy accept; counter; }
	chain i { type filter hook ingress devices = { v1, w1, x1 } priority -5; counter; }
	chain one { type filter hook ingress device "x0" priority 10; counter; }
}'
ip netns exec a nft list ruleset
ip -n a link set v0 up
ip -n a link set v1 up
ip -n a link set w0 up
ip -n a link set w1 up
ip -n a addr add 10.0.0.1/24 dev v0
ip -n a addr add 10.1.0.1/24 dev w0
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0
ip -n a neigh add 10.1.0.2 lladdr 02:00:00:00:00:04 dev w0
ip netns exec a ping -c 1 -W 1 10.0.0.2 > /dev/null
ip netns exec a ping -c 1 -W 1 10.1.0.2 > /dev/null
ip netns exec a nft list ruleset
ip -n a link set w0 down
ip -n a link set w0 name y0
ip -n a link set y0 up
ip -n a addr show dev y0
ip -n a route replace 10.1.0.0/24 dev y0
ip -n a neigh replace 10.1.0.2 lladdr 02:00:00:00:00:04 dev y0
ip netns exec a ping -c 1 -W 1 10.1.0.2 > /dev/null
ip netns exec a nft list chain netdev n e
ip netns exec a nft add chain netdev n e '{ devices = { y0 } ; }'
ip netns exec a nft add chain netdev n e '{ type filter hook egress devices = { y0 } priority 0; }'
ip netns exec a ping -c 1 -W 1 10.1.0.2 > /dev/null
ip netns exec a nft list chain netdev n e
ip netns exec a nft delete chain netdev n e '{ type filter hook egress devices = { y0 } priority 0; }'
ip netns exec a nft list chain netdev n e
ip -n a link del v0
ip netns exec a nft list ruleset
ip -n a link add v0 address 02:00:00:00:00:01 type veth peer name x1 address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n a link set x1 up
ip -n a addr add 10.0.0.1/24 dev v0
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0
ip netns exec a ping -c 1 -W 1 10.0.0.2 > /dev/null
ip netns exec a nft list ruleset
ip netns exec a nft 'add chain netdev n e { policy drop; }'
ip netns exec a nft 'add chain netdev n f { type filter hook egress device v0 priority 0; policy drop; }'
ip netns exec a nft 'add chain netdev n f { type filter hook ingress device v0 priority 0; }'
ip netns exec a nft 'add chain netdev n g { type filter hook egress priority 0; }'
ip netns exec a nft 'add chain netdev n h { type filter hook egress devices = { v0, v0 } priority 0; }'
ip netns exec a nft 'add chain inet n h { type filter hook ingress devices = { v0, y0 } priority 0; }'
ip netns exec a nft 'add table inet m; add chain inet m h { type filter hook ingress devices = { v0, y0 } priority 0; }'
ip netns exec a nft 'add chain inet m e { type filter hook egress device v0 priority 0; }'
ip netns exec a ping -c 1 -W 1 10.0.0.2 > /dev/null
ip netns exec a nft delete chain netdev n one
ip netns exec a nft list ruleset
