# links: made, refused, numbered, moved, renamed, deleted
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 type veth peer name v1 address 02:00:00:00:00:01
ip link set v0 address 02:00:00:00:00:02
sleep 1.2
ip link show
ip link set v1 netns a
ip link show v0
ip -n a link show v1
ip link set v0 up
ip -n a link set v1 up
sleep 1.2
ip link show v0
ip -n a link set v1 down
sleep 1.2
ip link show v0
ip -n a link show v1
ip link set v0 down
sleep 1.2
ip link show v0
ip link add type veth
ip link set veth0 address 02:00:00:00:00:03
ip link set veth1 address 02:00:00:00:00:04
ip link add veth%d address 02:00:00:00:00:05 type veth peer name pp%d address 02:00:00:00:00:06
sleep 1.2
ip link
ip link add v0 type veth
ip link add v9 type nosuch
ip link add v0 type nosuch
ip link add type nosuch
ip link add
ip link add foo
ip link add foo type
ip link add foo type nosuch bar
ip link add foo type veth peer name foo
ip link add foo type veth bogus
ip link add foo type veth help
ip link add foo type veth peer name bar type veth
ip link add foo type veth peer name bar address 03:00:00:00:00:01
ip link add foo address 03:00:00:00:00:01 type veth peer name bar
ip link add foo address 02:00:00:00:01 type veth peer name bar
ip link add foo address 00:00:00:00:00:00 type veth peer name bar
ip link add foo mtu 20 type veth peer name bar
ip link add foo mtu 1400 type veth peer name bar mtu 65536
ip link add foo up type veth peer name bar up
ip link add foo master nosuch type veth peer name bar
ip link add foo master v0 type veth peer name bar
ip link add index -5 foo type veth
ip link add index x foo type veth
ip link add index 3 foo type veth
ip link add dev foo name bar type veth
ip link add link nosuch foo type veth
ip link add link
ip link add foo bar type veth
ip link add toolongnametoolong type veth
ip link add name "a b" type veth
ip link add name .. type veth
ip link add name a:b type veth
ip link add foo group 4 mtu 1300 txqueuelen 7 address 02:00:00:00:00:07 index 40 broadcast ff:ff:ff:ff:ff:fe type veth peer bar address 02:00:00:00:00:08 index 50 mtu 1200 group 5
ip link add foo2 address 02:00:00:00:00:09 type veth peer name bar2 address 02:00:00:00:00:0a index 60
ip link add foo3 netns b address 02:00:00:00:00:0b up type veth peer name bar3 address 02:00:00:00:00:0c
sleep 1.2
ip link
ip -n b link
ip link replace foo type veth
ip link replace foo4 address 02:00:00:00:00:0d type veth peer name bar4 address 02:00:00:00:00:0e
ip link show foo4
ip link add v5 type veth peer name v1 netns a
ip link add v1 netns a type veth peer name v5
ip link show v5
ip link set bar2 netns a
ip link set bar netns a
ip -n a link set bar2 netns b name bar3
ip -n b link set bar3 netns a index 2
ip -n b link set bar3 netns a index 77
ip -n b link set foo3 netns a name v1
ip -n a link
ip link set lo netns a
ip link set foo netns nope
ip link set foo netns
ip link set foo netns 1
ip link del foo
ip link del foo
ip link del
ip link del lo
ip link del nosuch
ip link del foo2 type dummy
ip -n a link del group 5
ip -n a link del group 5
ip -n a link
ip link
ip -n b link
