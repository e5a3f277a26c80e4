# nft monitor trace on a bridge: arp and ip, tagged frames, and packets for the bridge itself
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add s
ip netns exec s sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add va netns a address 02:00:00:00:00:01 type veth peer name pa netns s address 02:00:00:00:00:02
ip link add vb netns b address 02:00:00:00:00:03 type veth peer name pb netns s address 02:00:00:00:00:04
ip -n a link set va up
ip -n s link set pa up
ip -n b link set vb up
ip -n s link set pb up
ip -n s link add br0 address 02:00:00:00:0b:00 type bridge mcast_snooping 0
ip netns exec s sysctl -qw net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-arptables=0
ip -n s link set pa master br0
ip -n s link set pb master br0
ip -n s link set br0 up
ip -n a addr add 10.0.0.1/24 dev va
ip -n b addr add 10.0.0.2/24 dev vb
ip -n s addr add 10.0.0.3/24 dev br0
ip netns exec s nft -f - <<'X'
table bridge t {
	chain pre { type filter hook prerouting priority 0; meta nftrace set 1; }
	chain fw { type filter hook forward priority 0; policy drop; ether type arp accept; ip protocol icmp jump sub; }
	chain sub { meta mark set 3 accept; }
	chain in { type filter hook input priority 0; counter; }
	chain out { type filter hook output priority 0; ip protocol icmp meta nftrace set 1; }
	chain post { type filter hook postrouting priority 0; meta mark 3 counter; }
}
table arp a {
	chain in { type filter hook input priority 0; arp operation request counter; }
	chain out { type filter hook output priority 0; meta nftrace set 1; arp operation reply accept; }
}
table inet i {
	chain in { type filter hook input priority 0; icmp type echo-request counter; }
	chain out { type filter hook output priority 0; meta nftrace set 1; }
}
X
ip netns exec s nft monitor trace &
sleep 0.3
ip netns exec a ping -c 1 -W 0.2 10.0.0.2 >/dev/null
ip netns exec a ping -c 1 -W 0.2 10.0.0.3 >/dev/null
ip netns exec a mausezahn va -c 1 -Q 5 -A 10.0.0.1 -B 10.0.0.2 -b 02:00:00:00:00:03 -t udp "sp=5,dp=6" -q
sleep 0.3
kill %1
wait
