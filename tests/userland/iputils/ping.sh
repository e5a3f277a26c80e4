ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a addr add 10.0.0.1/24 brd + dev v0
ip -n b addr add 10.0.0.2/24 brd + dev v1
ip netns exec a ping -c 1 foo
ip netns exec a ping -c 1 localhost
ip netns exec a ping -c 1 10.2
ip netns exec a ping -c 1 0x0a000002
ip netns exec a ping
ip netns exec a ping -c 0 10.0.0.2
ip netns exec a ping -c x 10.0.0.2
ip netns exec a ping -c 1 -t 300 10.0.0.2
ip netns exec a ping -c 1 -t 0 10.0.0.2
ip netns exec a ping -c 1 -W 0.1 -s 70000 10.0.0.2
ip netns exec a ping -c 1 -s 65508 10.0.0.2
ip netns exec a ping -c 1 -s 65507 10.0.0.2
ip netns exec a ping -c 1 -s 1473 -M do 10.0.0.2
ip netns exec a ping -c 1 -s 1473 -M dont 10.0.0.2
ip netns exec a ping -c 1 -i x 10.0.0.2
ip netns exec a ping -c 1 -W 1z 10.0.0.2
ip netns exec a ping -c 1 -W -1 10.0.0.2
ip netns exec a ping -c 1 -M foo 10.0.0.2
ip netns exec a ping -c 1 -I foo 10.0.0.2
ip netns exec a ping -c 1 -I v0 10.0.0.2
ip netns exec a ping -c 1 -I 10.0.0.1 10.0.0.2
ip netns exec a ping -c 1 -I 10.0.0.9 10.0.0.2
ip netns exec a ping -c 1 -I lo 10.0.0.2
ip netns exec a ping -c 1 -W 0.3 10.0.0.255
ip netns exec a ping -c 1 -b -W 0.3 10.0.0.255
ip netns exec a ping -c 1 -W 0.3 255.255.255.255
ip netns exec a ping -c 1 -W 0.3 -I v0 224.0.0.1
ip netns exec a ping -c 1 -W 0.3 224.0.0.1
ip netns exec a ping -c 1 -q 10.0.0.2
ip netns exec a ping -c 2 -q -i 0.2 10.0.0.2
ip netns exec a ping -c 1 -p ff00 10.0.0.2
ip netns exec a ping -c 1 -p zz 10.0.0.2
ip netns exec a ping -c 1 -Q 0x10 10.0.0.2
ip netns exec a ping -c 1 -Q 400 10.0.0.2
ip netns exec a ping -c 1 -Q z 10.0.0.2
ip netns exec a ping -c 1 -n -O -U -a 10.0.0.2
ip netns exec a ping -w 1 -c 5 -i 0.3 10.0.0.9
ip netns exec a ping -w 1 -i 0.3 10.0.0.2
ip netns exec a ping -c 1 -l 3 10.0.0.2
ip netns exec a ping -c 3 -l 3 10.0.0.2
ip netns exec a ping -c 1 0.0.0.0
ip netns exec a ping -V
ip netns exec a ping -c1 -W1 10.0.0.2
ip netns exec a ping 10.0.0.2 -c1
ip netns exec a ping -c 1 -m x 10.0.0.2
ip netns exec a ping -c 1 -m 4294967296 10.0.0.2
ip netns exec a ping -c 3 -O -i 0.2 -W 0.2 10.0.0.9
ip netns exec a ping -c 1 -W 0.2 10.9.0.1
ip netns exec a ping -c 2 -i 0.2 -s 0 10.0.0.2
ip netns exec a ping -c 2 -i 0.2 -s 15 10.0.0.2
ip netns exec a ping -c 1 -C 10.0.0.2
ip -n a link set lo up
ip netns exec a ping -c 1 127.0.0.1
ip netns exec a ping -c 1 localhost
ip netns exec a ping -c 1 10.0.0.1
ip netns exec a ping -c 1 0
ip netns exec a ping -c 1 -W 4 10.0.0.8
ip netns exec a ping -c 4 -i 1 -W 4 10.0.0.7
ip netns exec a nft add table ip t
ip netns exec a nft add chain ip t o '{ type filter hook output priority 0; }'
ip netns exec a nft add rule ip t o meta mark 7 drop
ip netns exec a ping -c 2 -i 0.2 -W 0.3 -m 7 10.0.0.2
ip netns exec a nft add table netdev t
ip netns exec a nft add chain netdev t e '{ type filter hook egress device v0 priority 0; }'
ip netns exec a nft add rule netdev t e meta mark 8 counter drop
ip netns exec a ping -c 1 -W 1 -m 8 10.0.0.2
ip netns exec a ping -c 2 -i 0.2 -W 0.3 -m 8 10.0.0.2
ip netns exec a ping -c 1 -W 0.3 -q -m 8 10.0.0.2
ip netns exec a nft list table netdev t
