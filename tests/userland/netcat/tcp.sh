# What nc says and does over TCP.
ip netns add a
ip netns add b
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add va netns a type veth peer name vb netns b
ip -n a addr add 10.0.0.1/24 dev va
ip -n b addr add 10.0.0.2/24 dev vb
ip -n a link set lo up
ip -n a link set va up
ip -n b link set vb up
sleep 1

# -N ends the connection when stdin is at its end
ip netns exec b nc -l 80 &
sleep 0.2
ip netns exec a nc -N -v 10.0.0.2 80 <<'X'
one
X
sleep 0.1
# -q implies -N
ip netns exec b nc -nlv -p 81 &
sleep 0.2
ip netns exec a nc -q 1 -v -n 10.0.0.2 81 <<'X'
two
X
sleep 0.1
# without either both wait, until -w
ip netns exec b nc -nlv -p 82 <<'X' &
answer
X
sleep 0.2
ip netns exec a nc -w 1 -v -n 10.0.0.2 82 <<'X'
three
X
sleep 0.1
ip netns exec b nc -l 83 >/dev/null &
sleep 0.2
ip netns exec a timeout 1 nc 10.0.0.2 83 <<'X'
thrown away
X
sleep 0.1
# -k takes one after the other
ip netns exec b nc -klvn 84 &
sleep 0.2
ip netns exec a nc -N -n 10.0.0.2 84 <<'X'
four
X
sleep 0.1
ip netns exec a nc -N -n 10.0.0.2 84 <<'X'
five
X
sleep 0.1
ip netns exec a nc -zn 10.0.0.2 84
sleep 0.1
ip netns exec a nc -zv 10.0.0.2 85-86
ip netns exec a nc -z 10.0.0.2 85
# a server that says something first, and one that has patience for a second
ip netns exec b nc -l -N 87 <<'X' &
served
X
sleep 0.1
ip netns exec a nc 10.0.0.2 87
ip netns exec b nc -l -w 1 88 &
sleep 0.1
ip netns exec a nc -v 10.0.0.2 88
ip netns exec b nc -l 89 &
sleep 0.1
ip netns exec a nc -C -N 10.0.0.2 89 <<'X'
with a carriage return
X
sleep 0.1
# names
ip netns exec a nc -v -l -w 1 90 &
sleep 0.1
ip netns exec a nc -v localhost 90
ip netns exec a nc -vn localhost 90
ip netns exec a nc -v nohost 90
ip netns exec a nc -vn nohost 90
# ways that lead nowhere
ip netns exec a nc -v 10.9.9.9 80
ip netns exec a nc 10.9.9.9 80
ip netns exec a nc -v -w 1 10.0.0.9 80
ip netns exec a nc -v 10.0.0.9 80
ip netns exec a nc -v 10.0.0.1 80
# ports and addresses of one's own
ip netns exec b nc -l 10.9.9.9 80
ip netns exec a nc -s 10.9.9.9 -v 10.0.0.2 80
ip netns exec b nc -l 91 &
sleep 0.1
ip netns exec a nc -p 1053 -N -s 10.0.0.1 -v 10.0.0.2 91
ip netns exec b nc -l 91 &
sleep 0.1
ip netns exec a nc -p 1053 -N -v 10.0.0.2 91
kill %1
# the command line
ip netns exec a nc -zv 10.0.0.2 99999
ip netns exec a nc -zv 10.0.0.2 0
ip netns exec a nc -zv 10.0.0.2 x
ip netns exec a nc -zv 10.0.0.2
ip netns exec a nc -l
ip netns exec a nc -l -z 80
ip netns exec a nc -k 10.0.0.2 80
ip netns exec a nc -w x 10.0.0.2 1
ip netns exec a nc -y
ip netns exec a nc
