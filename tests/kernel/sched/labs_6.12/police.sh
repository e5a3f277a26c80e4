ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0
ip -n b neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev v1
tc -n a qdisc add dev v0 clsact
tc -n b qdisc add dev v1 clsact
tc -n a filter add dev v0 egress protocol ip pref 1 flower ip_ttl 9 action police rate 8bit burst 300 conform-exceed drop/pipe action pass
tc -n a filter add dev v0 egress protocol ip pref 2 flower ip_ttl 8 action police rate 8bit burst 250 conform-exceed pass/drop
tc -n a filter add dev v0 egress protocol ip pref 3 flower ip_ttl 7 action police mtu 90 drop
tc -n a filter add dev v0 egress protocol ip pref 4 flower ip_ttl 6 action police mtu 100 conform-exceed drop/pass
tc -n a filter add dev v0 egress protocol ip pref 5 flower ip_ttl 5 action police rate 8bit burst 500 mtu 90 conform-exceed drop/pass
tc -n a filter add dev v0 egress protocol ip pref 6 flower ip_ttl 4 action police pkts_rate 1 pkts_burst 2 conform-exceed drop/pass
tc -n a filter add dev v0 egress protocol ip pref 7 flower ip_ttl 3 action police rate 8bit burst 300 continue
tc -n a filter add dev v0 egress protocol ip pref 8 flower ip_ttl 2 action police rate 1gbit burst 1m peakrate 2gbit mtu 1500 conform-exceed drop/pass
tc -n a filter add dev v0 egress protocol ip pref 9 flower ip_ttl 1 action police rate 8bit burst 200 overhead 100 conform-exceed drop/pass
ip netns exec a ping -c 4 -i 0.1 -t 9 -W 1 10.0.0.2
ip netns exec a ping -c 4 -i 0.1 -t 8 -W 1 10.0.0.2
ip netns exec a ping -c 1 -t 7 -W 1 10.0.0.2
ip netns exec a ping -c 1 -t 6 -W 1 10.0.0.2
ip netns exec a ping -c 1 -t 5 -W 1 10.0.0.2
ip netns exec a ping -c 1 -s 40 -t 5 -W 1 10.0.0.2
ip netns exec a ping -c 4 -i 0.1 -t 4 -W 1 10.0.0.2
ip netns exec a ping -c 4 -i 0.1 -t 3 -W 1 10.0.0.2
ip netns exec a ping -c 2 -i 0.1 -t 2 -W 1 10.0.0.2
ip netns exec a ping -c 2 -i 0.1 -t 1 -W 1 10.0.0.2
tc -n a -s filter show dev v0 egress
tc -n b filter add dev v1 ingress protocol ip pref 1 flower ip_ttl 9 action police rate 8bit burst 300 conform-exceed drop/pass
tc -n a filter del dev v0 egress
ip netns exec a ping -c 4 -i 0.1 -t 9 -W 1 10.0.0.2
tc -n b -s filter show dev v1 ingress
sleep 3
tc -n b filter add dev v1 ingress protocol ip pref 2 flower ip_ttl 8 action police rate 320bit burst 200 conform-exceed drop/pass
ip netns exec a ping -c 7 -i 1 -t 8 -W 1 10.0.0.2
tc -n b -s filter show dev v1 ingress
ip -n b -s link
