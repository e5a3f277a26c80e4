# ping over IPv6: words, sources, scopes, errors.
ip netns add a
ip netns add b
ip -n a link set lo up
ip -n b link set lo up
ip link add v0 netns a type veth peer name v0 netns b
ip -n a link set v0 address 02:00:00:00:00:01
ip -n b link set v0 address 02:00:00:00:00:02
ip -n a addr add 2001:db8::1/64 dev v0 nodad
ip -n b addr add 2001:db8::2/64 dev v0 nodad
ip -n a link set v0 up
ip -n b link set v0 up
sleep 3
ip netns exec a ping -6 -c 1 fe80::1%nodev
ip netns exec a ping -6 -c 1 2001:db8::2%v0
ip netns exec a ping -6 -c 1 -I v0 2001:db8::2
ip netns exec a ping -6 -c 1 -I fe80::ff:fe00:1 fe80::ff:fe00:2%v0
ip netns exec a ping -6 -c 1 -I fe80::ff:fe00:1%v0 fe80::ff:fe00:2
ip netns exec a ping -6 -c 1 -t 0 2001:db8::2
ip netns exec a ping -6 -c 1 -t 300 2001:db8::2
ip netns exec a ping -6 -c 1 -b 2001:db8::2
ip netns exec a ping -6 -c 1 ::
ip netns exec a ping -6 -c 1 nohost
ip netns exec a ping -6 -c 1 -L ff02::1%v0
ip netns exec a ping -6 -c 1 -C 2001:db8::2
ip netns exec a ping -c 1 ::ffff:10.0.0.1
ip netns exec a ping -6 -c 1 -m 7 2001:db8::2
ip netns exec a ping -6 -c 1 -F zz 2001:db8::2
ip netns exec a ping -6 -c 1 -F 0x12345 2001:db8::2
ip netns exec a ping -6 -c 1 -F 1048577 2001:db8::2
ip netns exec a ping -4 -c 1 fe80::1
ip netns exec a ping -6 -c 1 127.0.0.1
ip netns exec a ping -6 -c 2 -i 0.1 -f 2001:db8::2
ip netns exec a ping -c1 -I 10.0.0.1 2001:db8::2
ip netns exec a ping -c1 -I 2001:db8::1 10.0.0.1
ip netns exec a ping -6 -c 1 2001:db8::1
ip netns exec a ping -6 -c 1 -I v0 2001:db8::1
ip netns exec a ping -6 -c 1 -W 1 ff02::5%v0
ip netns exec b nft 'add table ip6 t; add chain ip6 t i { type filter hook input priority 0; }; add rule ip6 t i icmpv6 type echo-request reject with icmpv6 admin-prohibited'
ip netns exec a ping -6 -c 2 -i 0.1 2001:db8::2
ip netns exec a ping -6 -c 1 fe80::ff:fe00:2%v0
ip netns exec a ping -6 -c 1 -w 2 fe80::ff:fe00:2%v0
ip netns exec b nft list ruleset
