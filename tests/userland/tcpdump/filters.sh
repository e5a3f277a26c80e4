# Filter expressions: which frames of the same traffic they choose.
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
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb icmp &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb arp &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb udp or arp &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb not ip &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb tcp port 81 &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb port 1234 &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb src 10.0.0.2 &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb dst host 10.0.0.2 and not icmp &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb host 10.0.0.7 &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb net 10.0.0.0/24 and udp &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb src net 10.0.0 &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb ether proto 0x22f0 &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb 'ether proto \arp' &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb ether src 02:00:00:00:00:0b &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb ether broadcast &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb vlan &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb vlan 5 &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb vlan 6 &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb 'ip proto 17' &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb 'tcp[tcpflags] & tcp-syn != 0' &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb 'tcp[13] = 0x14' &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb 'icmp[icmptype] == icmp-echo' &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb 'ip[8] == 64 and len > 80' &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb '(udp or icmp) and src host 10.0.0.1' &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb tcp port 80 or 81 &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb portrange 80-90 &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb less 50 &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb greater 98 &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb 'udp[8:4] = 0x68656c6c' &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
ip netns exec b tcpdump --immediate-mode -l -n -t -i vb 'ip and not (tcp or udp)' &
sleep 0.4
ip netns exec a ping -c 1 -q 10.0.0.2 >/dev/null
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b dev va
ip -n b neigh replace 10.0.0.1 lladdr 02:00:00:00:00:0a dev vb
ip netns exec a nc -z 10.0.0.2 81 
ip netns exec a nc -u -q 0 10.0.0.2 1234 <<'X'
hello
X
ip netns exec a arping -c 1 -w 0.1 -i va 10.0.0.7 >/dev/null
ip netns exec a mausezahn va -c 1 -a own -b bcast "22:f0 01:02:03:04:05:06:07:08" -q
ip netns exec a mausezahn va -Q 3:5 -c 1 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=6,dp=7" -q
sleep 0.1
kill -INT %%
wait %1
