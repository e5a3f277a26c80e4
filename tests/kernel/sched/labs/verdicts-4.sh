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
tc -n b filter add dev v1 ingress protocol all pref 1 bpf da bytecode '4,32 0 0 4294963216,21 0 1 0,6 0 0 4294967295,6 0 0 5'
tc -n b filter add dev v1 ingress protocol ip pref 5 bpf da bytecode '4,48 0 0 4293918729,21 0 1 1,6 0 0 3,6 0 0 2'
ip netns exec a ping -c 1 -W 0.3 10.0.0.2
ip netns exec a ping -c 1 -W 0.3 -t 9 -s 8 10.0.0.2
ip netns exec a ping -c 1 -W 0.3 -Q 0x10 10.0.0.2
ip netns exec a mausezahn v0 -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=1,dp=53"
tc -n a -s filter show dev v0 egress
tc -n a -s filter show dev v0 ingress
tc -n a -s qdisc show dev v0
tc -n a -s filter show dev x0 egress
tc -n a -s filter show dev x0 ingress
tc -n a -s qdisc show dev x0
tc -n b -s filter show dev v1 egress
tc -n b -s filter show dev v1 ingress
tc -n b -s qdisc show dev v1
tc -n b -s filter show dev x1 egress
tc -n b -s filter show dev x1 ingress
tc -n b -s qdisc show dev x1
tc -n a chain show dev v0 egress
tc -n b chain show dev v1 ingress
ip -n a -s link
ip -n b -s link
