ip netns add a
ip netns exec a sysctl net.ipv4.ip_forward
ip netns exec a sysctl -n net.ipv4.ip_forward
ip netns exec a sysctl net/ipv4/ip_forward
ip netns exec a sysctl -w net.ipv4.ip_forward=1
ip netns exec a sysctl -qw net.ipv4.ip_forward=1
ip netns exec a sysctl net.ipv4.ip_forward=0
ip netns exec a sysctl -q net.ipv4.ip_forward=0
ip netns exec a sysctl -w net.ipv4.ip_forward
ip netns exec a sysctl -w net.ipv4.foo=1
ip netns exec a sysctl net.ipv4.foo
ip netns exec a sysctl -e net.ipv4.foo
ip netns exec a sysctl -w net.ipv4.ip_forward=x
ip netns exec a sysctl -w net.ipv4.ip_forward=
ip netns exec a sysctl -w "net.ipv4.ip_forward = 1"
ip netns exec a sysctl -w net.ipv4.ip_forward = 1
ip netns exec a sysctl -w net.ipv4.conf.lo.rp_filter=99999999999
ip netns exec a sysctl -w net.ipv4.ip_default_ttl=0
ip netns exec a sysctl -w net.ipv4.ip_default_ttl=300
ip netns exec a sysctl -n -e net.ipv4.foo net.ipv4.ip_forward
ip netns exec a sysctl -N net.ipv4.ip_forward
ip netns exec a sysctl -b net.ipv4.ip_forward
ip netns exec a sysctl -w
ip netns exec a sysctl net.ipv4.conf.*.rp_filter
ip netns exec a sysctl -r net.ipv4.ip_def
ip netns exec a sysctl foo
ip netns exec a sysctl -w net.ipv4.ip_forward=1 net.ipv4.foo=1 net.ipv4.ip_default_ttl=33
ip netns exec a sysctl net.ipv4.ip_forward net.ipv4.ip_default_ttl
ip netns exec a sysctl -V
ip netns exec a sysctl =1
ip netns exec a sysctl --values net.ipv4.ip_forward
ip netns exec a sysctl --write --quiet net.ipv4.ip_forward=1
