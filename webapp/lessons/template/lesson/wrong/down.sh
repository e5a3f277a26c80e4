#: task third
ip netns add c
ip link add v2 netns c type veth peer name v3 netns b
ip -n c addr add 10.0.1.3/24 dev v2
ip -n b addr add 10.0.1.2/24 dev v3
