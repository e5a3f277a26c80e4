# links: how they are listed
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
ip -n a link set lo up
ip netns exec a ping -q -c 1 -W 1 10.0.0.2 > /dev/null
ip -n a link
ip -n a l s
ip -n a li sh
ip -n a link list
ip -n a link lst v0
ip -n a link show dev v0
ip -n a link show nosuch
ip -n a link show v0 lo
ip -n a link show dev
ip -n a link show up
ip -n b link show up
ip -n a link show type veth
ip -n a link show type dummy
ip -n a link show type bridge_slave
ip -n a link show master lo
ip -n a link show master nosuch
ip -n a link show nomaster
ip -n a link show group default
ip -n a link show group 7
ip -n a link show group x
ip -n a link show vrf x
ip -n a link show if2
ip -n a -br link
ip -n a -br link show v0
ip -n a -br link show up
ip -n a -o link
ip -n a -o link show v0
ip -n a -s link
ip -n a -s -s link show v0
ip -n a -s -h link show v0
ip -n a -s -o link show v0
ip -n a -s -iec -h link show v0
ip -n a -d link
ip -n a -d -s link show v0
ip -n a -d -br link
ip -n a -4 link show v0
ip -n a -6 link show v0
ip -n a -0 link show v0
ip -n a -f inet link show v0
ip -n a -family bogus link
ip -n a -f
ip -n a -details link show v0
ip -n a -stat link show v0
ip -n a -c=never link show v0
ip -n a -color=never link show v0
ip -netns a link show v0
ip --netns a link show v0
ip -n
ip -bogus
ip -V
ip bogus
ip -n a bogus
ip -n a -- link show v0
ip -n a -b nosuchfile
ip -n a -b - <<'X'
link show v0 # a comment

link show \
 lo
link set "v0" mtu 1400
link show nosuch
link show v0
X
ip -n a -force -batch - <<'X'
link show nosuch
link show v0
X
