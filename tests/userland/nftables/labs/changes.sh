ip netns add a
ip netns exec a nft add table ip t
ip netns exec a nft 'add chain ip t c { type filter hook input priority 0; }'
ip netns exec a nft add rule ip t c tcp dport 1
ip netns exec a nft add rule ip t c tcp dport 2
ip netns exec a nft insert rule ip t c tcp dport 3
ip netns exec a nft add rule ip t c index 0 tcp dport 4
ip netns exec a nft insert rule ip t c index 2 tcp dport 5
ip netns exec a nft add rule ip t c position 2 tcp dport 6 comment '"six"'
ip netns exec a nft insert rule ip t c handle 3 tcp dport 7
ip netns exec a nft replace rule ip t c handle 3 tcp dport 8 counter
ip netns exec a nft delete rule ip t c handle 2
ip netns exec a nft -a list chain ip t c
ip netns exec a nft add chain ip t d
ip netns exec a nft add rule ip t c jump d
ip netns exec a nft delete chain ip t d
ip netns exec a nft rename chain ip t d e
ip netns exec a nft flush chain ip t c
ip netns exec a nft delete chain ip t e
ip netns exec a nft list table t
ip netns exec a nft -c add rule ip t c drop
ip netns exec a nft -c add rule ip t nowhere drop
ip netns exec a nft list table t
ip netns exec a nft -f - <<'X'
add rule ip t c tcp dport 1
add rule ip t nowhere tcp dport 2
X
ip netns exec a nft list table t
ip netns exec a nft 'add rule ip t c tcp dport 1; add rule ip t c tcp dport 2; add rule ip t c index 1 tcp dport 3'
ip netns exec a nft list table t
ip netns exec a nft flush table ip t
ip netns exec a nft 'add set ip t s { type ipv4_addr; }'
ip netns exec a nft 'add element ip t s { 10.0.0.1, 10.0.0.2 }'
ip netns exec a nft 'add element ip t s { 10.0.0.2, 10.0.0.3 comment "three" }'
ip netns exec a nft 'create element ip t s { 10.0.0.2, 10.0.0.4 }'
ip netns exec a nft 'delete element ip t s { 10.0.0.1 }'
ip netns exec a nft list set ip t s
ip netns exec a nft 'get element ip t s { 10.0.0.3 }'
ip netns exec a nft 'get element ip t s { 10.0.0.9 }'
ip netns exec a nft 'add set ip t r { type inet_service; flags interval; }'
ip netns exec a nft 'add element ip t r { 10-20, 30, 65000-65535 }'
ip netns exec a nft 'add element ip t r { 15-25 }'
ip netns exec a nft 'add element ip t r { 21-25 }'
ip netns exec a nft 'delete element ip t r { 30 }'
ip netns exec a nft 'delete element ip t r { 31 }'
ip netns exec a nft list set ip t r
ip netns exec a nft 'add set ip t m { type ipv4_addr; flags interval; auto-merge; elements = { 10.0.0.0/24, 10.0.1.0/24 } }'
ip netns exec a nft 'add element ip t m { 10.0.0.128-10.0.2.255 }'
ip netns exec a nft list set ip t m
ip netns exec a nft 'add map ip t v { type inet_service : verdict; elements = { 22 : accept, 23 : drop } }'
ip netns exec a nft 'add element ip t v { 22 : drop }'
ip netns exec a nft 'add element ip t v { 22 : accept }'
ip netns exec a nft 'add rule ip t c tcp dport vmap @v'
ip netns exec a nft 'delete map ip t v'
ip netns exec a nft 'add map ip t p { type ipv4_addr . inet_service : mark; flags interval; elements = { 10.0.0.0/8 . 1-5 : 7 } }'
ip netns exec a nft 'add rule ip t c meta mark set ip saddr . tcp dport map @p'
ip netns exec a nft 'add counter ip t n { packets 5 bytes 6 }'
ip netns exec a nft 'add quota ip t q { over 5 mbytes used 1 kbytes }'
ip netns exec a nft 'add limit ip t l { rate over 5/minute burst 3 packets }'
ip netns exec a nft 'add rule ip t c counter name n quota name "q" limit name l'
ip netns exec a nft 'add rule ip t c counter name tcp dport map { 22 : "n" }'
ip netns exec a nft 'add rule ip t c counter name m'
ip netns exec a nft 'delete counter ip t n'
ip netns exec a nft 'add rule ip t c update @s { ip saddr }'
ip netns exec a nft 'add set ip t y { type ipv4_addr; timeout 1h; flags dynamic; size 5; }'
ip netns exec a nft 'add rule ip t c add @y { ip saddr timeout 5m limit rate 3/second }'
ip netns exec a nft 'define lan = { 10.0.0.0/8, 192.168.0.0/16 }; add rule ip t c ip saddr $lan accept'
ip netns exec a nft list ruleset
ip netns exec a nft flush set ip t s
ip netns exec a nft flush chain ip t c
ip netns exec a nft 'delete counter ip t n; delete quota ip t q; delete limit ip t l; delete map ip t v; delete set ip t s'
ip netns exec a nft list tables
ip netns exec a nft list sets
ip netns exec a nft 'add table inet u; add chain inet u c; add chain inet u d; add rule inet u c jump d; add rule inet u d jump c'
ip netns exec a nft -f - <<'X'
flush ruleset
table inet w {
	comment "first"
	set s { typeof ip saddr . tcp dport; elements = { 1.1.1.1 . 22 }; }
	chain c {
		comment "second"
		type filter hook forward priority filter + 10; policy drop
		meta mark vmap { 1 : accept, 2 : accept, 4 : drop }
		ip saddr . tcp dport @s log prefix "x: " level warn accept
		tcp dport { http, https } reject with tcp reset
		meta l4proto { icmp, ipv6-icmp } accept # comment
		iifname "v*" udp dport 1000-2000 \
			counter packets 3 bytes 4 drop
	}
}
X
ip netns exec a nft list ruleset
ip netns exec a nft -s list ruleset
ip netns exec a nft -n list chain inet w c
ip netns exec a nft -S list chain inet w c
ip netns exec a nft -y list chain inet w c
ip netns exec a nft -t list table inet w
ip netns exec a nft list chains
ip netns exec a nft flush ruleset
ip netns exec a nft list ruleset
