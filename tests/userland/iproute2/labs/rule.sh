# rules: added, listed, deleted, flushed
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
sleep 1.2
ip -n a rule
ip -n a rule add from 10.0.0.0/24 table 100
ip -n a rule add fwmark 5 table 200
ip -n a rule add fwmark 0x10/0xff lookup 201 pref 1000
ip -n a rule add to 10.1.0.0/16 iif v0 table main prio 2000
ip -n a rule add oif v0 table default priority 3000
ip -n a rule add tos 0x10 blackhole pref 4000
ip -n a rule add not from 1.2.3.4 unreachable
ip -n a rule add goto 5000 pref 10
ip -n a rule add ipproto udp sport 5 dport 10-20 table 7
ip -n a rule add from 10.0.0.0/24 table 100
ip -n a rule add table 300 iif nosuch suppress_prefixlength 0
ip -n a rule add prohibit pref 77 proto static
ip -n a rule add nop pref 78
ip -n a rule
ip -n a -d rule
ip -n a rule show from 10.0.0.0/24
ip -n a rule show pref 1000
ip -n a rule show table main
ip -n a rule show fwmark 5
ip -n a rule show iif v0
ip -n a rule add
ip -n a rule add bogus
ip -n a rule add table bogus
ip -n a rule add fwmark x
ip -n a rule del
ip -n a rule del pref 1000
ip -n a rule del pref 1000
ip -n a rule del fwmark 5
ip -n a rule del fwmark 9
ip -n a rule del from 10.0.0.0/24 table 100
ip -n a rule flush
ip -n a rule
ip -n a rule bogus
ip -n a rule list
ip -n a rule show bogus
ip -n a rule add from all table 5 pref 32766
ip -n a rule add from all table 5 pref 0
ip -n a rule add from 10.0.0.1/33 table 5
ip -n a ru
ip -n a rule list
ip -n a rule lst table main
ip -n a rule add from 10.0.0.1 lookup 9 pref 5
ip -n a rule add to 10.0.0.1/8 lookup main pref 6
ip -n a rule add iif toolongnametoolong table 9
ip -n a rule add pref x table 9
ip -n a rule add pref 5
ip -n a rule add fwmark 1/x table 9
ip -n a rule add sport x table 9
ip -n a rule add ipproto bogus table 9
ip -n a rule add ipproto 200 table 9 pref 300
ip -n a rule add tos x table 9
ip -n a rule add goto
ip -n a rule add goto x
ip -n a rule add type unicast pref 7
ip -n a rule add protocol bogus
ip -n a rule add pref 301 goto 32767
ip -n a rule add not fwmark 0/1 pref 302 table 253
ip -n a rule add fwmark 0 pref 303 table default
ip -n a rule
ip -n a -4 rule
ip -n a rule show not
ip -n a rule show to 10.0.0.0/8
ip -n a rule show ipproto 200
ip -n a rule show pref 0
ip -n a rule del pref 301
ip -n a rule del table 9
ip -n a rule del from 1.2.3.4
ip -n a rule del
ip -n a rule flush proto static
ip -n a rule flush pref 302
ip -n a rule
ip -n b rule
