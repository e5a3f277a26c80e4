ip netns add a
ip -n a link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02
tc -n a qdisc add dev v0 clsact
tc -n a filter add dev v0 egress protocol ip matchall action police rate 1mbit burst 10k
tc -n a filter add dev v0 egress protocol ip matchall action police rate 1mbit burst 10k drop
tc -n a filter add dev v0 egress protocol ip matchall action police rate 8kbit burst 1500 conform-exceed drop/pass
tc -n a filter add dev v0 egress protocol ip matchall action police rate 8kbit burst 1500 conform-exceed drop/pipe mtu 1000
tc -n a filter add dev v0 egress protocol ip matchall action police rate 1gbit burst 1m conform-exceed pipe
tc -n a filter add dev v0 egress protocol ip matchall action police rate 100kbps burst 20kb mtu 2k overhead 14 linklayer ethernet
tc -n a filter add dev v0 egress protocol ip matchall action police rate 10gbit burst 1m
tc -n a filter add dev v0 egress protocol ip matchall action police rate 100gbit burst 1m
tc -n a filter add dev v0 egress protocol ip matchall action police rate 1mbit burst 10k/8
tc -n a filter add dev v0 egress protocol ip matchall action police rate 1mbit burst 10k linklayer atm
tc -n a filter add dev v0 egress protocol ip matchall action police rate 1mbit burst 10k mpu 64
tc -n a filter add dev v0 egress protocol ip matchall action police rate 1000000 burst 15000 index 0x10
tc -n a filter add dev v0 egress protocol ip matchall action police rate 1000000 burst 15000 index 16
tc -n a filter add dev v0 egress protocol ip matchall action police rate 1mbit
tc -n a filter add dev v0 egress protocol ip matchall action police burst 10k
tc -n a filter add dev v0 egress protocol ip matchall action police mtu 500 drop
tc -n a filter add dev v0 egress protocol ip matchall action police mtu 500 conform-exceed drop/pass
tc -n a filter add dev v0 egress protocol ip matchall action police rate 1mbit burst 10k peakrate 2mbit mtu 1500
tc -n a filter add dev v0 egress protocol ip matchall action police rate 1mbit burst 10k peakrate 2mbit
tc -n a filter add dev v0 egress protocol ip matchall action police peakrate 2mbit mtu 1500
tc -n a filter add dev v0 egress protocol ip matchall action police avrate 1mbit
tc -n a filter add dev v0 egress protocol ip matchall action police rate zz burst 10k
tc -n a filter add dev v0 egress protocol ip matchall action police rate 1mbit burst zz
tc -n a filter add dev v0 egress protocol ip matchall action police rate 1mbit burst 10k conform-exceed zz
tc -n a filter add dev v0 egress protocol ip matchall action police rate 1mbit burst 10k conform-exceed drop / pass
tc -n a filter add dev v0 egress protocol ip matchall action police pkts_rate 10 pkts_burst 5
tc -n a filter add dev v0 egress protocol ip matchall action police pkts_rate 1000 pkts_burst 50 conform-exceed drop/pipe
tc -n a filter add dev v0 egress protocol ip matchall action police pkts_rate 10
tc -n a filter add dev v0 egress protocol ip matchall action police pkts_rate 10 pkts_burst 5 rate 1mbit burst 10k
tc -n a filter add dev v0 egress protocol ip matchall action police rate 1mbit burst 10k goto chain 5
tc -n a filter add dev v0 egress protocol ip matchall action police rate 1mbit burst 10k conform-exceed drop/continue action pass
tc -n a filter add dev v0 egress protocol ip matchall action police rate 1mbit rate 2mbit
tc -n a filter add dev v0 egress protocol ip matchall action police
tc -n a filter add dev v0 egress protocol ip matchall action police foo
tc -n a filter add dev v0 egress protocol ip matchall action police help
tc -n a filter add dev v0 egress protocol ip matchall action police index 16
tc -n a filter add dev v0 egress protocol ip matchall action police index 99
tc -n a filter show dev v0 egress
tc -n a -s filter show dev v0 egress
tc -n a -d filter show dev v0 egress
tc -n a -r filter show dev v0 egress
tc -n a filter del dev v0 egress
tc -n a filter add dev v0 egress protocol ip matchall action police rate 1mbit burst 10k
tc -n a actions ls action police
tc -n a actions add action police rate 1mbit burst 10k drop index 50
tc -n a actions add action police rate 1mbit burst 10k drop index 50
tc -n a actions replace action police rate 2mbit burst 20k drop index 50
tc -n a actions get action police index 50
tc -n a actions del action police index 50
tc -n a actions get action police index 50
tc -n a filter add dev v0 ingress protocol ip pref 1 u32 match u8 0 0 at 0 police rate 1mbit burst 10k drop flowid 1:1
tc -n a filter add dev v0 ingress protocol ip pref 2 handle 1 fw police rate 1mbit burst 10k drop
tc -n a filter add dev v0 ingress protocol ip pref 3 basic police rate 1mbit burst 10k drop classid 1:1
tc -n a filter add dev v0 ingress protocol ip pref 4 bpf bytecode '1,6 0 0 4294967295' police rate 1mbit burst 10k drop flowid 1:1
tc -n a filter add dev v0 ingress protocol ip pref 5 matchall police rate 1mbit burst 10k drop
tc -n a filter add dev v0 ingress protocol ip pref 6 flower police rate 1mbit burst 10k drop
tc -n a filter show dev v0 ingress
tc -n a actions ls action police
tc -n a -o filter show dev v0 ingress
