# packets over vlan devices: counters at every layer, priorities, a vlan that is not there, two tags
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a link add link v0 name v0.5 type vlan id 5 egress-qos-map 0:3
ip -n b link add link v1 name v1.5 address 02:00:00:00:00:55 type vlan id 5 ingress-qos-map 3:7
ip -n a link set v0.5 up
ip -n b link set v1.5 up
ip -n a addr add 10.5.0.1/24 dev v0.5
ip -n b addr add 10.5.0.2/24 dev v1.5
ip -n a link add link v0.5 name q type vlan id 9
ip -n b link add link v1.5 name q type vlan id 9
ip -n a link set q up
ip -n b link set q up
ip -n a addr add 10.9.0.1/24 dev q
ip -n b addr add 10.9.0.2/24 dev q
ip -n a link add link v0 name v0.6 type vlan id 6
ip -n a link set v0.6 up
ip -n a addr add 10.6.0.1/24 dev v0.6
ip netns exec b nft -f - <<'N'
table netdev t {
	chain c { type filter hook ingress device "v1" priority 0; counter; vlan id 5 counter; vlan pcp 3 counter; ether type vlan counter; ether type ip counter; ether type 8021q counter; }
	chain d { type filter hook ingress device "v1.5" priority 0; counter; vlan id 5 counter; ether type ip counter; ether type 8021q counter; vlan id 9 counter; meta priority 0:7 counter; }
	chain e { type filter hook egress device "v1" priority 0; counter; vlan id 5 counter; ether type ip counter; }
	chain f { type filter hook egress device "v1.5" priority 0; counter; vlan id 5 counter; ether type ip counter; vlan id 9 counter; }
}
N
ip netns exec b tc qdisc add dev v1 clsact
ip netns exec b tc filter add dev v1 ingress protocol ip matchall
ip netns exec b tc filter add dev v1 ingress protocol 802.1Q matchall
ip netns exec a ping -c 1 -W 1 10.5.0.2
ip netns exec a ping -c 1 -W 1 10.9.0.2
ip netns exec a ping -c 1 -W 1 10.6.0.2
ip netns exec a ping -c 1 -s 1472 -M do 10.5.0.2
ip netns exec a ping -c 1 -s 1473 -M do 10.5.0.2
sleep 7
ip netns exec b nft list ruleset
ip -n a -s link show
ip -n b -s link show
ip -n a neigh
ip -n b neigh
ip -n b link set v1.5 down
ip netns exec a ping -c 1 -W 1 10.5.0.2
ip -n b -s link show
ip -n b link set v1.5 up
# a bridge above a vlan device, and a vlan device above a bridge
ip -n b addr flush dev v1.5
ip -n b link add br0 address 02:00:00:00:0b:00 type bridge mcast_snooping 0
ip -n b link set v1.5 master br0
ip -n b link set br0 up
ip -n b addr add 10.5.0.2/24 dev br0
ip netns exec a ping -c 1 -W 1 10.5.0.2
ip -n b link add br1 address 02:00:00:00:0b:01 type bridge mcast_snooping 0
ip -n b link set v1 master br1
ip -n b link set br1 up
ip -n b link add link br1 name br1.6 type vlan id 6
ip -n b link set br1.6 up
ip -n b addr add 10.6.0.2/24 dev br1.6
ip netns exec a ping -c 1 -W 1 10.6.0.2
ip netns exec a ping -c 1 -W 1 10.5.0.2
bridge -n b fdb show dynamic
bridge -n b fdb show br br0
ip -n b -s link show
