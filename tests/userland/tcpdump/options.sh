# The same traffic with tcpdump's options, one after the other.
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
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb &
sleep 0.5
ip -n a neigh flush all
ip -n b neigh flush all
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -N 10.0.0.2 80 <<'X'
GET / HTTP/1.0

X
sleep 0.2
ip netns exec a nc -u -q 0 10.0.0.2 53 <<'X'
hello
X
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -t arp "reply, senderip=10.0.0.1, targetip=10.0.0.9" -q
ip netns exec a mausezahn va -c 1 -a own -b 02:00:00:00:00:02 "88:b5 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -c 1 -a own -b bcast "88:f7 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -c 1 -B 10.0.0.2 -t udp "sp=68,dp=67" -q
ip netns exec a mausezahn va -c 1 -B 10.0.0.2 -t tcp "sp=1000,dp=2000,flags=syn|fin|psh,s=5" -P xx -q
ip netns exec a mausezahn va -c 1 -B 10.0.0.2 -t icmp "type=8,code=0" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
ip netns exec a ping -c 1 -q -s 3000 10.0.0.2 >/dev/null
sleep 0.2
kill -INT %%
wait %2
ip netns exec b tcpdump --immediate-mode -l -t -i vb &
sleep 0.5
ip -n a neigh flush all
ip -n b neigh flush all
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -N 10.0.0.2 80 <<'X'
GET / HTTP/1.0

X
sleep 0.2
ip netns exec a nc -u -q 0 10.0.0.2 53 <<'X'
hello
X
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -t arp "reply, senderip=10.0.0.1, targetip=10.0.0.9" -q
ip netns exec a mausezahn va -c 1 -a own -b 02:00:00:00:00:02 "88:b5 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -c 1 -a own -b bcast "88:f7 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -c 1 -B 10.0.0.2 -t udp "sp=68,dp=67" -q
ip netns exec a mausezahn va -c 1 -B 10.0.0.2 -t tcp "sp=1000,dp=2000,flags=syn|fin|psh,s=5" -P xx -q
ip netns exec a mausezahn va -c 1 -B 10.0.0.2 -t icmp "type=8,code=0" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
ip netns exec a ping -c 1 -q -s 3000 10.0.0.2 >/dev/null
sleep 0.2
kill -INT %%
wait %2
ip netns exec b tcpdump --immediate-mode -l -nn -e -t -i vb &
sleep 0.5
ip -n a neigh flush all
ip -n b neigh flush all
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -N 10.0.0.2 80 <<'X'
GET / HTTP/1.0

X
sleep 0.2
ip netns exec a nc -u -q 0 10.0.0.2 53 <<'X'
hello
X
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -t arp "reply, senderip=10.0.0.1, targetip=10.0.0.9" -q
ip netns exec a mausezahn va -c 1 -a own -b 02:00:00:00:00:02 "88:b5 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -c 1 -a own -b bcast "88:f7 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -c 1 -B 10.0.0.2 -t udp "sp=68,dp=67" -q
ip netns exec a mausezahn va -c 1 -B 10.0.0.2 -t tcp "sp=1000,dp=2000,flags=syn|fin|psh,s=5" -P xx -q
ip netns exec a mausezahn va -c 1 -B 10.0.0.2 -t icmp "type=8,code=0" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
ip netns exec a ping -c 1 -q -s 3000 10.0.0.2 >/dev/null
sleep 0.2
kill -INT %%
wait %2
ip netns exec b tcpdump --immediate-mode -l -n -t -q -i vb &
sleep 0.5
ip -n a neigh flush all
ip -n b neigh flush all
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -N 10.0.0.2 80 <<'X'
GET / HTTP/1.0

X
sleep 0.2
ip netns exec a nc -u -q 0 10.0.0.2 53 <<'X'
hello
X
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -t arp "reply, senderip=10.0.0.1, targetip=10.0.0.9" -q
ip netns exec a mausezahn va -c 1 -a own -b 02:00:00:00:00:02 "88:b5 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -c 1 -a own -b bcast "88:f7 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -c 1 -B 10.0.0.2 -t udp "sp=68,dp=67" -q
ip netns exec a mausezahn va -c 1 -B 10.0.0.2 -t tcp "sp=1000,dp=2000,flags=syn|fin|psh,s=5" -P xx -q
ip netns exec a mausezahn va -c 1 -B 10.0.0.2 -t icmp "type=8,code=0" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
ip netns exec a ping -c 1 -q -s 3000 10.0.0.2 >/dev/null
sleep 0.2
kill -INT %%
wait %2
ip netns exec b tcpdump --immediate-mode -l -n -t -v -i vb &
sleep 0.5
ip -n a neigh flush all
ip -n b neigh flush all
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -N 10.0.0.2 80 <<'X'
GET / HTTP/1.0

X
sleep 0.2
ip netns exec a nc -u -q 0 10.0.0.2 53 <<'X'
hello
X
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -t arp "reply, senderip=10.0.0.1, targetip=10.0.0.9" -q
ip netns exec a mausezahn va -c 1 -a own -b 02:00:00:00:00:02 "88:b5 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -c 1 -a own -b bcast "88:f7 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -c 1 -B 10.0.0.2 -t udp "sp=68,dp=67" -q
ip netns exec a mausezahn va -c 1 -B 10.0.0.2 -t tcp "sp=1000,dp=2000,flags=syn|fin|psh,s=5" -P xx -q
ip netns exec a mausezahn va -c 1 -B 10.0.0.2 -t icmp "type=8,code=0" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
ip netns exec a ping -c 1 -q -s 3000 10.0.0.2 >/dev/null
sleep 0.2
kill -INT %%
wait %2
ip netns exec b tcpdump --immediate-mode -l -n -t -vv -e -i vb &
sleep 0.5
ip -n a neigh flush all
ip -n b neigh flush all
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -N 10.0.0.2 80 <<'X'
GET / HTTP/1.0

X
sleep 0.2
ip netns exec a nc -u -q 0 10.0.0.2 53 <<'X'
hello
X
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -t arp "reply, senderip=10.0.0.1, targetip=10.0.0.9" -q
ip netns exec a mausezahn va -c 1 -a own -b 02:00:00:00:00:02 "88:b5 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -c 1 -a own -b bcast "88:f7 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -c 1 -B 10.0.0.2 -t udp "sp=68,dp=67" -q
ip netns exec a mausezahn va -c 1 -B 10.0.0.2 -t tcp "sp=1000,dp=2000,flags=syn|fin|psh,s=5" -P xx -q
ip netns exec a mausezahn va -c 1 -B 10.0.0.2 -t icmp "type=8,code=0" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
ip netns exec a ping -c 1 -q -s 3000 10.0.0.2 >/dev/null
sleep 0.2
kill -INT %%
wait %2
ip netns exec b tcpdump --immediate-mode -l -n -t -S -i vb &
sleep 0.5
ip -n a neigh flush all
ip -n b neigh flush all
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -N 10.0.0.2 80 <<'X'
GET / HTTP/1.0

X
sleep 0.2
ip netns exec a nc -u -q 0 10.0.0.2 53 <<'X'
hello
X
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -t arp "reply, senderip=10.0.0.1, targetip=10.0.0.9" -q
ip netns exec a mausezahn va -c 1 -a own -b 02:00:00:00:00:02 "88:b5 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -c 1 -a own -b bcast "88:f7 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -c 1 -B 10.0.0.2 -t udp "sp=68,dp=67" -q
ip netns exec a mausezahn va -c 1 -B 10.0.0.2 -t tcp "sp=1000,dp=2000,flags=syn|fin|psh,s=5" -P xx -q
ip netns exec a mausezahn va -c 1 -B 10.0.0.2 -t icmp "type=8,code=0" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
ip netns exec a ping -c 1 -q -s 3000 10.0.0.2 >/dev/null
sleep 0.2
kill -INT %%
wait %2
ip netns exec b tcpdump --immediate-mode -l -n -t -# -i vb &
sleep 0.5
ip -n a neigh flush all
ip -n b neigh flush all
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -N 10.0.0.2 80 <<'X'
GET / HTTP/1.0

X
sleep 0.2
ip netns exec a nc -u -q 0 10.0.0.2 53 <<'X'
hello
X
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -t arp "reply, senderip=10.0.0.1, targetip=10.0.0.9" -q
ip netns exec a mausezahn va -c 1 -a own -b 02:00:00:00:00:02 "88:b5 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -c 1 -a own -b bcast "88:f7 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -c 1 -B 10.0.0.2 -t udp "sp=68,dp=67" -q
ip netns exec a mausezahn va -c 1 -B 10.0.0.2 -t tcp "sp=1000,dp=2000,flags=syn|fin|psh,s=5" -P xx -q
ip netns exec a mausezahn va -c 1 -B 10.0.0.2 -t icmp "type=8,code=0" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
ip netns exec a ping -c 1 -q -s 3000 10.0.0.2 >/dev/null
sleep 0.2
kill -INT %%
wait %2
ip netns exec b tcpdump --immediate-mode -l -nt -i any -e  &
sleep 0.5
ip -n a neigh flush all
ip -n b neigh flush all
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -N 10.0.0.2 80 <<'X'
GET / HTTP/1.0

X
sleep 0.2
ip netns exec a nc -u -q 0 10.0.0.2 53 <<'X'
hello
X
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -t arp "reply, senderip=10.0.0.1, targetip=10.0.0.9" -q
ip netns exec a mausezahn va -c 1 -a own -b 02:00:00:00:00:02 "88:b5 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -c 1 -a own -b bcast "88:f7 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -c 1 -B 10.0.0.2 -t udp "sp=68,dp=67" -q
ip netns exec a mausezahn va -c 1 -B 10.0.0.2 -t tcp "sp=1000,dp=2000,flags=syn|fin|psh,s=5" -P xx -q
ip netns exec a mausezahn va -c 1 -B 10.0.0.2 -t icmp "type=8,code=0" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
ip netns exec a ping -c 1 -q -s 3000 10.0.0.2 >/dev/null
sleep 0.2
kill -INT %%
wait %2
