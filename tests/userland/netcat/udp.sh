# What nc says and does over UDP.
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

ip netns exec b nc -u -l 53 &
sleep 0.2
ip netns exec a nc -u -w 1 10.0.0.2 53 <<'X'
one
X
ip netns exec b nc -uvnl 54 &
sleep 0.2
ip netns exec a nc -u -q 0 10.0.0.2 54 <<'X'
two
X
sleep 0.1
# the listener is connected to its first peer, and refuses others
ip netns exec a nc -u -q 1 10.0.0.2 54 <<'X'
three
X
sleep 1
ip netns exec a nc -u -w 1 -v 10.0.0.2 59 <<'X'
four
X
sleep 1
ip netns exec b nc -uklvn 55 &
sleep 0.2
ip netns exec a nc -u -q 0 10.0.0.2 55 <<'X'
k1
X
sleep 0.1
ip netns exec a nc -u -q 0 -p 777 10.0.0.2 55 <<'X'
k2
X
sleep 0.1
ip netns exec b nc -u -l 56 <<'X' &
reply
X
sleep 0.2
ip netns exec a nc -u -w 1 10.0.0.2 56 <<'X'
hey
X
sleep 0.1
# -z sends a few bytes, and takes silence for success
ip netns exec b nc -ul 57 >/dev/null &
sleep 0.1
ip netns exec a nc -vzu 10.0.0.2 57
ip netns exec a nc -vzu -w 1 10.0.0.2 58
ip netns exec a nc -vzu -w 1 10.0.0.9 58
ip netns exec a nc -vu 10.9.9.9 58
