ip netns add a
ip -n a link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02
tc -n a qdisc add dev v0 clsact
tc -n a chain add dev v0 ingress chain 1 protocol ip flower dst_ip 0.0.0.0/24
tc -n a chain add dev v0 ingress chain 1 protocol ip flower dst_ip 0.0.0.0/24
tc -n a chain add dev v0 ingress chain 2 protocol ip flower dst_ip 0.0.0.0/16 src_mac 00:00:00:00:00:00
tc -n a chain add dev v0 ingress chain 3
tc -n a chain add dev v0 ingress chain 4 protocol ip u32
tc -n a chain add dev v0 ingress chain 4 protocol ip matchall
tc -n a chain add dev v0 ingress chain 4 flower
tc -n a chain add dev v0 ingress chain 5 protocol ip flower
tc -n a chain add dev v0 ingress chain 6 protocol ip flower ip_proto tcp dst_port 1/0xff00
tc -n a chain add dev v0 egress chain 1 protocol all flower dst_mac 00:00:00:00:00:00/24
tc -n a chain show dev v0 ingress
tc -n a chain show dev v0
tc -n a chain get dev v0 ingress chain 1
tc -n a filter add dev v0 ingress chain 1 protocol ip flower dst_ip 10.0.0.1/24 action drop
tc -n a filter add dev v0 ingress chain 1 protocol ip flower dst_ip 10.0.0.1/16 action drop
tc -n a filter add dev v0 ingress chain 1 protocol ip flower dst_ip 10.0.0.1/25 action drop
tc -n a filter add dev v0 ingress chain 1 protocol ip flower src_ip 10.0.0.1/24 action drop
tc -n a filter add dev v0 ingress chain 1 protocol ip matchall action drop
tc -n a filter add dev v0 ingress chain 1 protocol ip flower action drop
tc -n a filter add dev v0 ingress chain 1 protocol all flower action drop
tc -n a filter add dev v0 ingress chain 3 protocol ip flower src_ip 10.0.0.1/24 action goto chain 9
tc -n a filter show dev v0 ingress
tc -n a chain show dev v0 ingress
tc -n a chain del dev v0 ingress chain 1
tc -n a chain del dev v0 ingress chain 2
tc -n a chain del dev v0 ingress chain 9
tc -n a chain show dev v0 ingress
tc -n a filter show dev v0 ingress
tc -n a -s -o chain show dev v0 ingress
