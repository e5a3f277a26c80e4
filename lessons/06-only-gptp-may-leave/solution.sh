#: task only-gptp
ip netns exec talker nft add rule netdev avb leaves ether type 0x88f7 ether daddr 01:80:c2:00:00:0e accept
ip netns exec talker nft add rule netdev avb leaves drop

#: task camera
ip netns add camera
ip link add cam0 netns camera address 02:00:00:00:00:03 type veth peer name cam1 netns listener address 02:00:00:00:00:04
ip netns exec camera sysctl -qw net.ipv6.conf.all.disable_ipv6=1
ip -n camera link set cam0 up
ip -n listener link set cam1 up
ip netns exec listener nft add chain netdev avb camera '{ type filter hook ingress device "cam1" priority filter; policy drop; }'
ip netns exec listener nft add rule netdev avb camera vlan id 2 vlan pcp 3 vlan type 0x22f0 accept
ip netns exec listener nft add rule netdev avb camera ether type 0x88f7 accept
