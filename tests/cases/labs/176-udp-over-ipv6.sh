# UDP over IPv6: one listener for both families, many senders, closed ports, fragments
ip netns add a
ip netns add b
ip link add veth0 netns a type veth peer name veth1 netns b
ip -n a link set lo up
ip -n b link set lo up
ip -n a link set veth0 up
ip -n b link set veth1 up
ip -n a addr add fd00::1/64 dev veth0 nodad
ip -n b addr add fd00::2/64 dev veth1 nodad
ip -n a addr add 10.0.0.1/24 dev veth0
ip -n b addr add 10.0.0.2/24 dev veth1
sleep 3
ip netns exec b timeout 3 nc -n -6 -u -l -v -n 5000 &
sleep 0.3
ip netns exec a nc -n -6 -u -n -q 1 fd00::2 5000 <<EOF
hello
EOF
wait
ip netns exec b timeout 3 nc -n -6 -u -l -v 5000 &
sleep 0.3
ip netns exec a nc -n -u -n -q 1 10.0.0.2 5000 <<EOF
over ipv4
EOF
wait
ip netns exec b timeout 4 nc -n -u -l -k -v -n :: 5000 &
sleep 0.3
ip netns exec a nc -n -u -n -q 1 fd00::2 5000 <<EOF
one
EOF
ip netns exec a nc -n -u -n -q 1 10.0.0.2 5000 <<EOF
two
EOF
wait
ip netns exec a nc -n -6 -u -v -n -z fd00::2 5001
ip netns exec a nc -n -6 -u -n -v -w 1 fd00::2 5001
ip netns exec a nc -n -6 -u -v -n -z fd01::2 5001
ip netns exec a nc -n -6 -u -v -n -z fe80::2 5001
ip netns exec b timeout 3 nc -n -6 -u -l -n fd00::2 5000 &
sleep 0.3
ip netns exec a nc -n -6 -u -n -w 1 ::ffff:10.0.0.2 5000 <<EOF
nobody there
EOF
ip netns exec a nc -n -6 -u -n -q 1 fd00::2 5000 <<EOF
hello again
EOF
wait
ip netns exec b nft add table inet t
ip netns exec b nft add chain inet t i '{ type filter hook input priority 0; }'
ip netns exec b nft add rule inet t i meta l4proto udp ip6 saddr fd00::1 counter
ip netns exec b nft add rule inet t i udp dport 5000 counter drop
ip netns exec a nc -n -6 -u -v -n -z fd00::2 5000
ip netns exec b nft list ruleset
