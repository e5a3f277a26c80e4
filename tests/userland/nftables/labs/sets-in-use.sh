# Sets that packets fill, intervals in parts, named objects counted, listed and reset.
ip netns add a
ip netns add b
ip netns exec a sysctl -qw net.ipv6.conf.default.disable_ipv6=1
ip netns exec b sysctl -qw net.ipv6.conf.default.disable_ipv6=1
ip link add a0 netns a address 02:00:00:00:00:01 type veth peer name b0 netns b address 02:00:00:00:00:02
ip -n a link set a0 up
ip -n b link set b0 up
ip -n a addr add 10.0.0.1/24 dev a0
ip -n a addr add 10.0.0.11/24 dev a0
ip -n b addr add 10.0.0.2/24 dev b0
ip netns exec b nft 'table ip t {
	set seen { type ipv4_addr; flags dynamic,timeout; timeout 1h; size 2; }
	set kept { type ipv4_addr; flags dynamic; size 8; }
	set counted { type ipv4_addr; counter; elements = { 10.0.0.1, 10.0.0.11 } }
	set limited { type ipv4_addr; flags dynamic; }
	map marks { type ipv4_addr : mark; flags dynamic; }
	map verdicts { type ipv4_addr . icmp_type : verdict; elements = { 10.0.0.11 . echo-request : drop } }
	set ranges { type ipv4_addr; flags interval; auto-merge; elements = { 10.0.0.0/24, 10.1.0.0-10.1.0.9, 10.2.0.5 } }
	set plain { type ipv4_addr; flags interval; elements = { 10.0.0.0/24, 10.1.0.0-10.1.0.9 } }
	set pairs { type ipv4_addr . inet_service; flags interval; elements = { 10.0.0.0/24 . 1-80, 10.1.0.1 . 443 } }
	counter every { }
	quota little { over 200 bytes }
	limit slow { rate 1/minute burst 1 packets }
	counter one { }
	map objects { type ipv4_addr : counter; elements = { 10.0.0.1 : "one" } }
	chain p { type filter hook prerouting priority 0
		icmp type != echo-request accept
		counter name "every"
		add @seen { ip saddr }
		update @kept { ip saddr counter }
		ip saddr @counted
		add @marks { ip saddr : 0x7 }
		meta mark set ip saddr map @marks counter
		counter name ip saddr map @objects
		quota name "little" counter
		limit name "slow" counter
		update @limited { ip saddr limit rate 1/minute burst 1 packets } counter
		ip saddr @ranges counter
		ip saddr . icmp type vmap @verdicts
	}
}'
ip netns exec a ping -c 1 -W 1 10.0.0.2 > /dev/null
ip netns exec a ping -c 2 -i 0.2 -W 1 10.0.0.2 > /dev/null
ip netns exec a ping -c 1 -W 1 -I 10.0.0.11 10.0.0.2 > /dev/null
ip netns exec b nft -s list ruleset
ip netns exec b nft list set ip t kept
ip netns exec b nft list set ip t counted
ip netns exec b nft list map ip t marks
ip netns exec b nft list chain ip t p
ip netns exec b nft list counters
ip netns exec b nft reset counter ip t every
ip netns exec b nft reset counters table ip t
ip netns exec b nft list counters table ip t
ip netns exec b nft list quotas
ip netns exec b nft reset quota ip t little
ip netns exec b nft list quota ip t little
ip netns exec b nft list limits
ip netns exec b nft list limit ip t slow
ip netns exec b nft list counter ip t nothing
ip netns exec b nft reset quotas
ip netns exec b nft delete counter ip t every
ip netns exec b nft delete element ip t ranges '{ 10.0.0.16-10.0.0.31 }'
ip netns exec b nft delete element ip t ranges '{ 10.1.0.0 }'
ip netns exec b nft delete element ip t ranges '{ 10.1.0.9 }'
ip netns exec b nft delete element ip t ranges '{ 10.3.0.9 }'
ip netns exec b nft add element ip t ranges '{ 10.0.0.20-10.0.1.5, 10.2.0.6 }'
ip netns exec b nft list set ip t ranges
ip netns exec b nft delete element ip t ranges '{ 10.0.0.0-10.0.0.3, 10.0.1.5 }'
ip netns exec b nft list set ip t ranges
ip netns exec b nft delete element ip t plain '{ 10.0.0.16-10.0.0.31 }'
ip netns exec b nft delete element ip t plain '{ 10.1.0.0-10.1.0.9 }'
ip netns exec b nft add element ip t plain '{ 10.0.0.128-10.0.1.3 }'
ip netns exec b nft add element ip t plain '{ 10.0.0.0/24 }'
ip netns exec b nft create element ip t plain '{ 10.0.0.0/24 }'
ip netns exec b nft list set ip t plain
ip netns exec b nft delete element ip t pairs '{ 10.0.0.0/24 . 1-79 }'
ip netns exec b nft delete element ip t pairs '{ 10.0.0.0/24 . 1-80 }'
ip netns exec b nft add element ip t pairs '{ 10.1.0.0/24 . 443 }'
ip netns exec b nft add element ip t pairs '{ 10.1.0.1 . 1-1000 }'
ip netns exec b nft list set ip t pairs
ip netns exec b nft get element ip t ranges '{ 10.0.0.40 }'
ip netns exec b nft get element ip t ranges '{ 10.0.5.40 }'
ip netns exec b nft get element ip t pairs '{ 10.1.0.1 . 443 }'
ip netns exec b nft get element ip t marks '{ 10.0.0.1 }'
ip netns exec b nft add element ip t kept '{ 1.1.1.1, 1.1.1.2, 1.1.1.3, 1.1.1.4, 1.1.1.5, 1.1.1.6, 1.1.1.7 }'
ip netns exec b nft flush set ip t kept
ip netns exec b nft flush map ip t verdicts
ip netns exec b nft list set ip t kept
ip netns exec b nft add set ip t late '{ type ipv4_addr; flags timeout; timeout 2s; gc-interval 1s; elements = { 1.1.1.1, 1.1.1.2 timeout 1h, 1.1.1.3 timeout 300ms } }'
ip netns exec b nft -s list set ip t late
sleep 0.5
ip netns exec b nft -s list set ip t late
sleep 2
ip netns exec b nft -s list set ip t late
ip netns exec b nft add element ip t late '{ 1.1.1.1 timeout 5h }'
ip netns exec b nft add element ip t late '{ 1.1.1.2 timeout 5h }'
ip netns exec b nft -s list set ip t late
