# namespaces: names, numbers, running a program in one, and what they leave behind
ip netns list
ip netns add a
ip netns add b
ip netns add c
ip netns
ip netns add a
ip netns add
ip netns add a/b
ip netns add ..
ip netns add ""
ip netns exec
ip netns exec a
ip netns exec a true
ip netns exec a false
ip netns exec a nosuchcommand
ip netns exec nope true
ip netns exec a ip netns identify
ip netns identify
ip netns identify xx
ip netns identify 1 2
ip netns pids nope
ip netns pids
ip netns pids a
ip -n nope link
ip -n a netns identify
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip netns list
ip -n a netns list
ip -n b netns list
ip -n a netns list-id
ip link add w0 address 02:00:00:00:00:03 type veth peer name w1 netns c address 02:00:00:00:00:04
ip netns list
ip link set w0 netns a
ip netns list
ip -n a netns list
ip -n c link
ip -n c link set w1 netns b
ip -n b link
ip -n a netns list
ip -n a link
ip netns set a 7
ip netns set c 0
ip netns set b auto
ip netns set nope 3
ip netns set c
ip netns set c -1
ip netns set c x
ip netns
ip netns list-id
ip netns list-id nsid 0
ip netns bogus
ip netns del nope
ip netns del
ip netns del b
ip -n a link
ip -n a netns
ip netns
ip -all netns exec ip -br link
ip -all netns exec true
ip -a netns del
ip netns
ip l
