#: task second
ip -n a link add vy address 02:00:00:00:02:01 type vxlan id 8 local 192.0.2.1 remote 192.0.2.2 dstport 4789 dev v0
ip -n b link add vy address 02:00:00:00:02:02 type vxlan id 8 local 192.0.2.2 remote 192.0.2.1 dstport 4789 dev v1
ip -n a link set vy up
ip -n b link set vy up
ip -n a addr add 10.6.0.1/24 dev vy
ip -n b addr add 10.6.0.2/24 dev vy
