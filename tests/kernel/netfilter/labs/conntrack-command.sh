# what conntrack lists, finds, deletes and refuses
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add r
ip netns exec r sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add va netns a address 02:00:00:00:00:01 type veth peer name ra netns r address 02:00:00:00:00:02
ip -n a link set va up
ip -n r link set ra up
ip -n a addr add 10.1.0.1/24 dev va
ip -n r addr add 10.1.0.254/24 dev ra
ip -n a neigh add 10.1.0.254 lladdr 02:00:00:00:00:02 dev va
ip -n r neigh add 10.1.0.1 lladdr 02:00:00:00:00:01 dev ra
ip netns exec r conntrack -L
ip netns exec r nft -f - <<'X'
table ip f {
	chain raw { type filter hook prerouting priority -300; udp dport 7 ct zone set 5; udp dport 8 ct original zone set 6; }
	chain in { type filter hook input priority 0; udp dport 9 ct mark set 0x1f; ct bytes 0; udp dport 11 drop;}
	chain pre { type nat hook prerouting priority -100; udp dport 10 dnat to 10.1.0.254:2010; }
}
X
ip netns exec a ping -c 1 -W 1 10.1.0.254
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.1.0.254 -t udp "sp=1000,dp=7"
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.1.0.254 -t udp "sp=1000,dp=8"
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.1.0.254 -t udp "sp=1000,dp=9"
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.1.0.254 -t udp "sp=1000,dp=10"
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.1.0.254 -t udp "sp=1000,dp=11"
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.1.0.254 -t ip "proto=99"
ip netns exec a mausezahn va -q -c 1 -a 02:00:00:00:00:01 -b 02:00:00:00:00:02 -A 10.1.0.1 -B 10.1.0.254 -t tcp "sp=1000,dp=80,flags=ack,s=5,a=9"
ip netns exec r conntrack -L
ip netns exec r conntrack -L -o extended
ip netns exec r conntrack -L -o id,extended -p udp
ip netns exec r conntrack -L -o labels
ip netns exec r conntrack -L -o timestamp
ip netns exec r conntrack -L -o ktimestamp
ip netns exec r conntrack -L -o bogus
ip netns exec r conntrack -L -n
ip netns exec r conntrack -L -g
ip netns exec r conntrack -L -j
ip netns exec r conntrack -L -m 31
ip netns exec r conntrack -L -m 0x10/0x10
ip netns exec r conntrack -L -s 10.1.0.1 -p udp
ip netns exec r conntrack -L -s 10.1.0.2
ip netns exec r conntrack -L -d 10.1.0.0/24 -p udp
ip netns exec r conntrack -L -d 10.1.0.0 --mask-dst 255.255.255.0 -p icmp
ip netns exec r conntrack -L --dport 9
ip netns exec r conntrack -L -p udp --orig-port-dst 9 --src-nat
ip netns exec r conntrack -L -p udp --sport 1000 --reply-port-src 9
ip netns exec r conntrack -L -u ASSURED
ip netns exec r conntrack -L -u SEEN_REPLY
ip netns exec r conntrack -L -u UNREPLIED,CONFIRMED
ip netns exec r conntrack -L -w 5
ip netns exec r conntrack -L --orig-zone 6
ip netns exec r conntrack -L --reply-zone 6
ip netns exec r conntrack -L -f ipv6
ip netns exec r conntrack -L -f ipv4 -p tcp --state ESTABLISHED
ip netns exec r conntrack -L -p tcp --state CLOSE
ip netns exec r conntrack -L -p icmp --icmp-type 8
ip netns exec r conntrack -L dying
ip netns exec r conntrack -L expect
ip netns exec r conntrack -C
ip netns exec r conntrack -C expect
ip netns exec r conntrack -G -p udp -s 10.1.0.1 -d 10.1.0.254 --sport 1000 --dport 9
ip netns exec r conntrack -G -p udp -s 10.1.0.1 -d 10.1.0.254 --sport 1000 --dport 99
ip netns exec r conntrack -D -p udp --dport 9
ip netns exec r conntrack -D -p udp --dport 9
ip netns exec r conntrack -D -s 10.1.0.9
ip netns exec r conntrack -D -p icmp
ip netns exec r conntrack -F
ip netns exec r conntrack -L
ip netns exec r conntrack -L -p udp -s
ip netns exec r conntrack -X
ip netns exec r conntrack -L foo
ip netns exec r conntrack -p udp
ip netns exec r conntrack -L -p foo
ip netns exec r conntrack -L -s nonsense
ip netns exec r conntrack -V
ip netns exec r conntrack -L -D
ip netns exec r conntrack -D --bogus
ip netns exec r conntrack --dump
