# Captures in files, counts, directions, and what tcpdump says when it does not like something.
ip netns add a
ip netns add b
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec b sysctl -qw net.ipv4.icmp_ratelimit=0
ip link add va address 02:00:00:00:00:0a netns a type veth peer name vb address 02:00:00:00:00:0b netns b
ip -n a addr add 10.0.0.1/24 dev va
ip -n b addr add 10.0.0.2/24 dev vb
ip -n a link set lo up
ip -n b link set lo up
ip -n a link set va up
ip -n b link set vb up
sleep 1
ip netns exec b nc -lk 80 >/dev/null &
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh add 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a tcpdump -n --immediate-mode -w capture.pcap -i va &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip netns exec a nc -N 10.0.0.2 80 <<'X'
data
X
sleep 0.2
kill %2
wait %2
ip netns exec a tcpdump -n -t -r capture.pcap
ip netns exec a tcpdump -n -t -r capture.pcap -c 2 tcp
ip netns exec a tcpdump -n -t -r nosuch.pcap
ip netns exec a tcpdump --immediate-mode -l -n -t -c 2 -i va icmp &
sleep 0.4
ip netns exec a ping -c 2 -i 0.3 -q 10.0.0.2 >/dev/null
sleep 0.1
ip netns exec a tcpdump --immediate-mode -l -n -t -c 1 -Q out -i va icmp &
sleep 0.4
ip netns exec a ping -c 2 -i 0.3 -q 10.0.0.2 >/dev/null
sleep 0.1
ip netns exec a tcpdump --immediate-mode -l -n -t -i lo &
sleep 0.4
ip netns exec a ping -c 1 -q 127.0.0.1 >/dev/null
sleep 0.1
kill %+
wait %2
ip netns exec a tcpdump --immediate-mode -l -n -ttt -c 3 -i va icmp &
sleep 0.4
ip netns exec a ping -c 2 -i 0.3 -q 10.0.0.2 >/dev/null
sleep 0.1
ip netns exec a tcpdump -i nodev
ip netns exec a tcpdump -n -i va foo bar
ip netns exec a tcpdump -n -i va host
ip netns exec a tcpdump -n -i va port 80 and
ip netns exec a tcpdump -n -i va '(port 80'
ip netns exec a tcpdump -n -i va host nosuch
ip netns exec a tcpdump -n -i va port nosuch
ip netns exec a tcpdump -y
ip netns exec a tcpdump -n -c 0 -i va
ip netns exec a tcpdump -n -c x -i va
ip link add d0 netns a type veth peer name d1
ip netns exec a tcpdump -n -i d0
ip netns exec a timeout -s INT 0.5 tcpdump -n -i va
ip netns exec a timeout -s INT 0.5 tcpdump
ip netns exec a timeout -s INT 0.5 tcpdump -v -i any
ip netns exec a timeout -s INT 0.5 tcpdump -i any -q
ip netns exec a timeout 0.5 tcpdump -i va
true
