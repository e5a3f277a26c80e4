# neighbours: added, changed, listed, deleted, flushed
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
sleep 1.2
ip -n a addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1
ip -n a neigh
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0
ip -n a neigh add 10.0.0.3 lladdr 02:00:00:00:00:03 dev v0 nud reachable
ip -n a neigh add 10.0.0.4 lladdr 02:00:00:00:00:04 dev v0 nud stale
ip -n a neigh add 10.0.0.5 dev v0 nud failed
ip -n a neigh add 10.0.0.6 lladdr 02:00:00:00:00:06 dev v0 nud noarp
ip -n a neigh add 10.0.0.7 lladdr 02:00:00:00:00:07 dev v0 nud bogus
ip -n a neigh add 10.0.0.7 lladdr 02:00:00:00:00 dev v0
ip -n a neigh add 10.0.0.8 lladdr zz dev v0
ip -n a neigh add 10.0.0.8 lladdr 02:00:00:00:00:08
ip -n a neigh add lladdr 02:00:00:00:00:08 dev v0
ip -n a neigh add 10.0.0.8 lladdr 02:00:00:00:00:08 dev nosuch
ip -n a neigh add 10.0.0.8 dev v0
ip -n a neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev v0 router
ip -n a neigh add 10.0.0.10 lladdr 02:00:00:00:00:0a dev v0 proto static
ip -n a neigh add proxy 10.0.0.77 dev v0
ip -n a neigh
ip -n a neigh show proxy
ip -n a neigh show 10.0.0.2
ip -n a neigh show to 10.0.0.0/29
ip -n a neigh show nud permanent
ip -n a neigh show nud stale
ip -n a neigh show dev nosuch
ip -n a neigh show nud bogus
ip -n a -s neigh show 10.0.0.2
ip -n a neigh change 10.0.0.2 lladdr 02:00:00:00:00:22 dev v0
ip -n a neigh change 10.0.0.99 lladdr 02:00:00:00:00:22 dev v0
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:23 dev v0 nud stale
ip -n a neigh get 10.0.0.2 dev v0
ip -n a neigh get 10.0.0.98 dev v0
ip -n a neigh get 10.0.0.98
ip -n a neigh del 10.0.0.2 dev v0
ip -n a neigh del 10.0.0.2 dev v0
ip -n a neigh del 10.0.0.98 dev v0
ip -n a neigh del proxy 10.0.0.77 dev v0
ip -n a neigh del proxy 10.0.0.77 dev v0
ip -n a neigh flush
ip -n a neigh flush dev v0
ip -n a neigh
ip -n a -s neigh flush dev v0 nud permanent
ip -n a neigh
ip -n a neigh flush all
ip -n a neigh bogus
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0
ip -n a n
ip -n a neighbor
ip -n a neighbour show
ip -n a neigh list dev v0
ip -n a -br neigh
ip -n a -br neigh show dev v0
ip -n a -4 neigh
ip -n a -6 neigh
ip -n a neigh show bogus
ip -n a neigh show 10.0.0.2 10.0.0.3
ip -n a neigh show dev v0 dev lo
ip -n a neigh show proto static
ip -n a neigh show proto bogus
ip -n a neigh add 10.0.0.3 10.0.0.4 lladdr 02:00:00:00:00:03 dev v0
ip -n a neigh add 10.0.0.3 lladdr 02:00:00:00:00:03 lladdr 02:00:00:00:00:04 dev v0
ip -n a neigh add bogus lladdr 02:00:00:00:00:03 dev v0
ip -n a neigh add to 10.0.0.3 lladdr 02:00:00:00:00:03 nud perm dev v0
ip -n a neigh add 10.0.0.3 lladdr 02:00:00:00:00:03 dev
ip -n a neigh add
ip -n a neigh del 10.0.0.3 lladdr 02:00:00:00:00:99 dev v0
ip -n a neigh add 10.0.0.4 lladdr 02:00:00:00:00:04:05 dev v0
ip -n a neigh
ip -n a link set v0 down
ip -n a neigh
