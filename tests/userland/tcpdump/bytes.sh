# Bytes: -x, -xx, -X, -XX and -A.
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
ip netns exec b tcpdump --immediate-mode -l -nx -t -i vb not icmp &
sleep 0.5
ip netns exec a mausezahn va -c 1 -a own -b 02:00:00:00:00:02 "88:b5 01:02:03:04:05:06:07:08 30:31:32:33:34:35:36:37:20:41:0d:0a:42" -q
ip netns exec a mausezahn va -c 1 -a own -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t arp "request, senderip=10.0.0.1, targetip=10.0.0.9" -q
sleep 0.2
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -xx -t -i vb not icmp &
sleep 0.5
ip netns exec a mausezahn va -c 1 -a own -b 02:00:00:00:00:02 "88:b5 01:02:03:04:05:06:07:08 30:31:32:33:34:35:36:37:20:41:0d:0a:42" -q
ip netns exec a mausezahn va -c 1 -a own -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t arp "request, senderip=10.0.0.1, targetip=10.0.0.9" -q
sleep 0.2
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -nXt -i vb not icmp &
sleep 0.5
ip netns exec a mausezahn va -c 1 -a own -b 02:00:00:00:00:02 "88:b5 01:02:03:04:05:06:07:08 30:31:32:33:34:35:36:37:20:41:0d:0a:42" -q
ip netns exec a mausezahn va -c 1 -a own -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t arp "request, senderip=10.0.0.1, targetip=10.0.0.9" -q
sleep 0.2
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -XX -i vb not icmp &
sleep 0.5
ip netns exec a mausezahn va -c 1 -a own -b 02:00:00:00:00:02 "88:b5 01:02:03:04:05:06:07:08 30:31:32:33:34:35:36:37:20:41:0d:0a:42" -q
ip netns exec a mausezahn va -c 1 -a own -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t arp "request, senderip=10.0.0.1, targetip=10.0.0.9" -q
sleep 0.2
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -A -i vb not icmp &
sleep 0.5
ip netns exec a mausezahn va -c 1 -a own -b 02:00:00:00:00:02 "88:b5 01:02:03:04:05:06:07:08 30:31:32:33:34:35:36:37:20:41:0d:0a:42" -q
ip netns exec a mausezahn va -c 1 -a own -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t arp "request, senderip=10.0.0.1, targetip=10.0.0.9" -q
sleep 0.2
kill -INT %%
wait %1
