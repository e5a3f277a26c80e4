ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a addr add 10.0.0.1/24 brd + dev v0
ip -n b addr add 10.0.0.2/24 brd + dev v1
ip netns exec a arping -c 2 10.0.0.2
ip netns exec a arping -c 1 -W 0.1 10.0.0.9
ip netns exec a arping -c 2 -W 0.1 -I v0 10.0.0.2
ip netns exec a arping -c 2 -W 0.1 -i v9 10.0.0.2
ip netns exec a arping -c 1 -W 0.1 10.9.0.2
ip netns exec a arping -c 1 -W 0.1 02:00:00:00:00:02
ip netns exec a arping -c 1 -W 0.1 -T 10.0.0.2 02:00:00:00:00:02
ip netns exec a arping -c 1 -W 0.1 -i v0 -T 10.0.0.2 02:00:00:00:00:02
ip netns exec a arping -c 2 -W 0.1 -d 10.0.0.2
ip netns exec a arping -c 2 -W 0.1 -d -i v0
ip netns exec a arping -c 2 -W 0.1 -q 10.0.0.2
ip netns exec a arping -c 2 -W 0.1 -r 10.0.0.2
ip netns exec a arping -c 2 -W 0.1 -R 10.0.0.2
ip netns exec a arping -c 2 -W 0.1 -rR 10.0.0.2
ip netns exec a arping -c 3 -W 0.1 -D 10.0.0.2
ip netns exec a arping -c 3 -W 0.1 -D 10.0.0.3
ip netns exec a arping -c 1 -W 0.1 -U 10.0.0.1
ip netns exec a arping -c 1 -W 0.1 -P -U -S 10.0.0.1 -i v0 10.0.0.1
ip netns exec a arping -c 1 -W 0.1 -0 -i v0 10.0.0.2
ip netns exec a arping -c 1 -W 0.1 -S 10.0.0.7 -s 02:00:00:00:00:77 -i v0 10.0.0.2
ip netns exec a arping -c 1 -W 0.1 -p -S 10.0.0.1 -s 02:00:00:00:00:77 -i v0 10.0.0.2
ip netns exec a arping -c 1 -W 0.1 -t 02:00:00:00:00:02 10.0.0.2
ip netns exec a arping -c 1 -W 0.1 -A -t 02:00:00:00:00:02 10.0.0.2
ip netns exec a arping -c 1 -W 0.1 -A 10.0.0.2
ip netns exec a arping -c 1 -W 0.1 -B -i v0
ip netns exec a arping -c 1 -W 0.1 -b 10.0.0.2
ip netns exec a arping -C 1 -W 0.1 10.0.0.2
ip netns exec a arping -w 0.25 -W 0.1 10.0.0.2
ip netns exec a arping -c 1 -W 0.1 -Q 5 -i v0 10.0.0.2
ip netns exec a arping -c 1 -W 0.1 foo
ip netns exec a arping -c 1 a b
ip netns exec a arping -c 1 -u -W 0.1 10.0.0.2
ip netns exec a arping -c 1 -s foo 10.0.0.2
ip netns exec a arping -c 1 -t foo 10.0.0.2
ip netns exec a arping -c 1 -W 0.1 10.0.0.1
ip netns exec a arping -c 1 -W 0.1 -i lo 127.0.0.1
ip netns exec a arping -c 1 -F -W 0.1 10.0.0.2
ip -n a addr flush dev v0
ip netns exec a arping -c 1 -W 0.1 -i v0 10.0.0.2
ip -n a link set v0 down
ip netns exec a arping -c 1 -W 0.1 -i v0 10.0.0.2
ip -s -n a link show v0
