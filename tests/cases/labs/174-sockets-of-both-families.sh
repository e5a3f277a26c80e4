# IPv6 sockets take IPv4, too; what is written as ::ffff:a.b.c.d is IPv4; what nc says of both
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
ip netns exec b nc -n -6 -l -v 5000 &
sleep 0.3
ip netns exec a nc -n -6 -N fd00::2 5000 <<EOF
hello
EOF
wait
ip netns exec b nc -n -6 -l -v -n 5000 &
sleep 0.3
ip netns exec a nc -n -N fd00::2 5000 <<EOF
hello
EOF
wait
ip netns exec b nc -n -6 -l -v -n 5000 &
sleep 0.3
ip netns exec a nc -n -N 10.0.0.2 5000 <<EOF
hello
EOF
wait
ip netns exec b nc -n -l -v -n 5000 &
sleep 0.3
ip netns exec a nc -n -N fd00::2 5000 <<EOF
hello
EOF
ip netns exec a nc -n -w 1 -N 10.0.0.2 5000
wait
ip netns exec b nc -n -l -v -n fd00::2 5000 &
sleep 0.3
ip netns exec a nc -n -N fd00::2 5000 <<EOF
hello
EOF
wait
ip netns exec a nc -n -6 -v -n -N ::1 5000
ip netns exec a nc -n -6 -v -N ::1 5000
ip netns exec a nc -n -6 -v -N localhost 5000
ip netns exec a nc -n -v -N localhost 5000
ip netns exec a nc -n -4 -v -N localhost 5000
ip netns exec a nc -n -4 -v -N ::1 5000
ip netns exec a nc -n -6 -v -N 10.0.0.2 5000
ip netns exec a nc -n -6 -v -n -N 10.0.0.2 5000
ip netns exec a nc -n -6 -v -n -N fe80::1 5000
ip netns exec a nc -n -6 -v -n -N fe80::1%veth0 5000 -w 1
ip netns exec a nc -n -6 -v -n -N fd01::1 5000
ip netns exec a nc -n -6 -v -n -w 1 -N fd00::9 5000
ip netns exec a nc -n -6 -v -n -w 2 -N ::ffff:10.0.0.2 5000
ip netns exec a nc -n -6 -v -n -s fd00::1 -p 777 fd00::2 5000
ip netns exec a nc -n -6 -v -n -s fd00::7 -p 777 fd00::2 5000
ip netns exec a nc -n -6 -v -n -s 10.0.0.1 fd00::2 5000
