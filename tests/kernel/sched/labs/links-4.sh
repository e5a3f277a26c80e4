ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip link add x0 netns a address 02:00:00:00:00:03 type veth peer name x1 netns b address 02:00:00:00:00:04
ip link add d0 netns a address 02:00:00:00:00:05 type veth peer name d1 netns b address 02:00:00:00:00:06
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a link set x0 up
ip -n b link set x1 up
ip -n a addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0
ip -n b neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev v1
tc -n a qdisc add dev v0 clsact
tc -n a qdisc add dev x0 clsact
tc -n b qdisc add dev v1 clsact
tc -n b qdisc add dev x1 clsact
tc -n a filter add dev v0 egress protocol ip pref 3 handle 2: u32 divisor 16
tc -n a filter add dev v0 egress protocol ip pref 3 handle 3: u32 divisor 1
tc -n a filter add dev v0 egress protocol ip pref 3 handle 4: u32 divisor 256
tc -n a filter add dev v0 egress protocol ip pref 3 u32 ht 2:0: match icmp type 8 0xff 
tc -n a filter add dev v0 egress protocol ip pref 3 u32 ht 2:8: match u16 53 0xffff at 2 action mirred egress mirror dev v0 drop
tc -n a filter add dev v0 egress protocol ip pref 3 u32 ht 2:1: match u32 0 0 action mirred egress mirror dev x0 pipe
tc -n a filter add dev v0 egress protocol ip pref 3 u32 ht 3:0: match u32 0 0 action mirred egress mirror dev d0 
tc -n a filter add dev v0 egress protocol ip pref 3 u32 ht 3:0: match ip protocol 17 0xff action mirred egress mirror dev v0 continue
tc -n a filter add dev v0 egress protocol ip pref 3 u32 ht 4:1: match udp dst 53 0xffff action mirred egress mirror dev x0 pipe
tc -n a filter add dev v0 egress protocol ip pref 3 u32 match ip dst 10.0.0.2 link 3: hashkey mask 0x0f at 20 offset at 0 mask 0f00 shift 6 
tc -n a filter add dev v0 egress protocol ip pref 3 u32 match u32 0 0 action mirred egress mirror dev x0 continue
ip netns exec a ping -c 1 -W 0.3 10.0.0.2
ip netns exec a ping -c 1 -W 0.3 -s 8 10.0.0.2
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=1,dp=53"
tc -n a -s filter show dev v0 egress
tc -n a -s qdisc show dev v0
ip -n a -s link
ip -n b -s link
