ip netns add a
ip -n a link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02
tc -n a qdisc show
tc -n a qdisc show
tc -n a qdisc show dev v0
tc -n a qdisc add dev v0 clsact
tc -n a qdisc show
tc -n a qdisc show dev v0
tc -n a qdisc show dev v0 ingress
tc -n a qdisc show dev v0 root
tc -n a qdisc replace dev v0 clsact
tc -n a qdisc change dev v0 clsact
tc -n a qdisc replace dev v0 ingress
tc -n a qdisc add dev v1 ingress
tc -n a qdisc add dev v1 handle ffff: ingress
tc -n a qdisc show dev v1
tc -n a qdisc replace dev v1 clsact
tc -n a qdisc del dev v1 ingress
tc -n a qdisc del dev v1 clsact
tc -n a qdisc del dev v1 clsact
tc -n a qdisc add dev v1 clsact
tc -n a qdisc del dev v1 ingress
tc -n a qdisc show dev v1
tc -n a qdisc show dev v0
tc -n a qdisc show dev v0
tc -n a qdisc show dev v0
tc -n a qdisc add dev v0 root nosuch
tc -n a qdisc add dev v0 root nosuch x y
tc -n a qdisc add dev v0 foo
tc -n a qdisc add dev v0
tc -n a qdisc add clsact
tc -n a qdisc add dev v0 clsact foo
tc -n a qdisc add dev v0 ingress foo
tc -n a qdisc add dev nope clsact
tc -n a qdisc bogus
tc -n a bogus
tc -n a qdisc show dev nope
tc -n a qdisc show bla
tc -n nope qdisc show
tc qdisc add dev
tc -z
tc -n a -s qdisc show dev v0
tc -n a qdisc show dev v1
tc -n a qdisc del dev v1 handle ffff:
tc -n a qdisc del dev v1 parent ffff:fff1
tc -n a qdisc del dev v1 parent ffff:fff1 clsact
tc -n a qdisc add dev v1 parent ffff:fff1 clsact
tc -n a qdisc add dev v1 root clsact
tc -n a qdisc add dev v1 parent ffff:fff1 handle ffff: ingress
tc -n a qdisc show dev v1
tc -V
tc
tc -n a -r qdisc show
tc -n a -o -s qdisc show
tc -n a qdisc show dev v0 clsact
tc -n a qdisc show handle ffff:
tc -n a qdisc show parent ffff:fff1
tc -n a qdisc show root
tc -n a qdisc show root ingress
tc -n a qdisc show dev v0 handle zz
tc -n a qdisc add dev v0 handle 1:
tc -n a qdisc add dev v0 handle zz: clsact
tc -n a qdisc add dev v0 parent 1:2:3 foo
tc -n a qdisc add dev v0 dev v1 clsact
tc -n a qdisc add dev v0 parent 7: fq_codel
tc -n a qdisc add dev v0 root fq_codel
tc -n a qdisc link dev v0 clsact
tc -n a qdisc help
tc -n a qd s dev v0
tc -n a q a dev v1 clsact
tc -n a q d dev v1 clsact
tc -n a class show dev v0
tc -netns a -statistics qdisc show dev v0
tc -n
tc help
