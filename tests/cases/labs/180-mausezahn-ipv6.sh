# mausezahn over IPv6: straight to the device, where nobody fills the checksums in, and through the kernel
ip netns add a
ip netns add b
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
ip netns exec a sysctl -qw net.ipv6.conf.v0.router_solicitations=0
ip netns exec b sysctl -qw net.ipv6.conf.v1.router_solicitations=0
ip -n a addr add fd00::1/64 dev v0 nodad
ip -n b addr add fd00::2/64 dev v1 nodad
ip -n a addr add 10.0.0.1/24 dev v0
sleep 3
ip netns exec b nft add table netdev t
ip netns exec b nft add chain netdev t i '{ type filter hook ingress device v1 priority 0; }'
ip netns exec b nft add rule netdev t i udp checksum 0 counter
ip netns exec b nft add rule netdev t i tcp checksum 0 counter
ip netns exec b nft add rule netdev t i icmpv6 type echo-request counter
ip netns exec b nft add rule netdev t i ip6 flowlabel 0x14545 counter
ip netns exec b nft add rule netdev t i frag id 77 counter
ip netns exec b nft add rule netdev t i udp dport 2-4 counter
ip netns exec a mausezahn -q -6 v0 -a own -b 02:00:00:00:00:02 -A fd00::1 -B fd00::2 -t udp sp=1000,dp=2000 -P hello
sleep 0.2
ip netns exec a mausezahn -q -6 v0 -a own -b 02:00:00:00:00:02 -B fd00::2 -t udp sp=1000,dp=2000
sleep 0.2
ip netns exec a mausezahn -q -6 v0 -a own -b 02:00:00:00:00:02 -A fd00::1 -B fd00::2 -t tcp sp=1000,dp=2000,flags=syn
sleep 0.2
ip netns exec a mausezahn -q -6 v0 -a own -b 02:00:00:00:00:02 -A fd00::1 -B fd00::2 -t tcp sp=1000,dp=2000,flags=ack,p=01:02:03
sleep 0.2
ip netns exec a mausezahn -q -6 v0 -a own -b 02:00:00:00:00:02 -A fd00::1 -B fd00::2 -t icmp6 type=128
sleep 0.2
ip netns exec a mausezahn -q -6 v0 -a own -b 02:00:00:00:00:02 -A fd00::1 -B fd00::2 -t icmp6 type=128,id=5,seq=6,p=aa:bb:cc
sleep 0.2
ip netns exec a mausezahn -q -6 v0 -a own -b 02:00:00:00:00:02 -A fd00::1 -B fd00::2 -t icmp6 "type=135,p=00:00:00:00:fd:00:00:00:00:00:00:00:00:00:00:00:00:00:00:02"
sleep 0.2
ip netns exec a mausezahn -q -6 v0 -a own -b 02:00:00:00:00:02 -A fd00::1 -B fd00::2 -t icmp6
sleep 0.2
ip netns exec a mausezahn -q -6 v0 -a own -b 02:00:00:00:00:02 -A fd00::1 -B fd00::2 -t udp "sp=1,dp=2,id=77,hop=7,dscp=46,p=01:02"
sleep 0.2
ip netns exec a mausezahn -q -6 v0 -b bc -B fd00::2 -t udp "sp=1,dp=2" -p 10
sleep 0.2
ip netns exec a mausezahn -q -6 v0 -t udp "sp=1,dp=2"
sleep 0.2
ip netns exec a mausezahn -q -6 v0 -B fd00::2 -t udp "sp=1,dp=2,p=01" -c 2
sleep 0.2
ip netns exec a mausezahn -q -6 v0 -A fd00::1 -B fd00::2 -t udp "sp=1,dp=2-4,p=01"
sleep 0.2
ip netns exec a mausezahn -q -6 v0 -A fd00::1 -B fd00::2 -t tcp "sp=1,dp=2,flags=syn"
sleep 0.2
ip netns exec a mausezahn -q -6 v0 -A fd00::1 -B fd00::2 -t icmp6 "type=128"
sleep 0.2
ip netns exec a mausezahn -q -6 v0 -A fd00::1-fd00::3 -a own -b bc -B fd00::2 -t udp "sp=1,dp=2"
sleep 0.2
ip netns exec a mausezahn -q -6 v0 -A fd00::1 -a own -b bc -B fd00::8-fd00::a -t udp "sp=1,dp=2"
sleep 0.2
ip netns exec a mausezahn -q -6 v0 -A fd00::1 -a own -b bc -B fd00::8/126 -t udp "sp=1,dp=2"
sleep 0.2
ip netns exec a mausezahn -q -6 v0 -A fd00::8/126 -a own -b bc -B fd00::8 -t udp "sp=1,dp=2"
sleep 0.2
ip netns exec a mausezahn -q -6 v0 -Q 5 -A fd00::1 -a own -b bc -B fd00::8 -t udp "sp=1,dp=2"
sleep 0.2
ip netns exec a mausezahn -q -6 -B fd00::2 -t udp dp=9
sleep 0.2
ip netns exec a mausezahn -q -6 v0 -a own -b 02:00:00:00:00:02 -A fd00::1 -B fd00::2 -t ip next=17,hop=3,tos=b8,flow=12345,p=01:02:03
sleep 0.2
ip netns exec a mausezahn -q -6 v0 -a own -b 02:00:00:00:00:02 -A fd00::1 -B fd00::2 -t ip id=77,frag=2,mf,p=01:02:03:04:05:06:07:08
sleep 0.2
ip netns exec a mausezahn -q -6 v0 -A fd00::1 -B fd00::2 -t ip "p=01:02"
sleep 0.2
ip netns exec b nft list ruleset
