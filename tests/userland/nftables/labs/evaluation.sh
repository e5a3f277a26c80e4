ip netns add a
ip netns exec a nft add table ip t
ip netns exec a nft add chain ip t c
ip netns exec a nft add table ip6 t
ip netns exec a nft add chain ip6 t c
ip netns exec a nft add table netdev n
ip netns exec a nft add chain netdev n c
ip netns exec a nft 'add set ip t addresses { type ipv4_addr; }'
ip netns exec a nft 'add set ip t ranges { type ipv4_addr; flags interval; }'
ip netns exec a nft 'add map ip t verdicts { type ipv4_addr : verdict; }'
ip netns exec a nft 'add map ip t marks { type ipv4_addr : mark; }'
ip netns exec a nft add rule ip t c ip6 saddr ::1 drop
ip netns exec a nft add rule ip6 t c ip saddr 1.1.1.1 drop
ip netns exec a nft add rule ip t c tcp dport 22 udp dport 53
ip netns exec a nft add rule ip t c ip protocol udp tcp dport 53
ip netns exec a nft add rule ip t c ip saddr foo drop
ip netns exec a nft add rule ip t c ip saddr 1.2.3.256 drop
ip netns exec a nft add rule ip t c ip saddr 1.2.3.4/33 drop
ip netns exec a nft add rule ip t c ip ttl 256 drop
ip netns exec a nft add rule ip t c tcp dport 70000 drop
ip netns exec a nft add rule ip t c tcp dport foo drop
ip netns exec a nft add rule ip t c tcp dport 20-10 drop
ip netns exec a nft add rule ip t c ct state establishd accept
ip netns exec a nft add rule ip t c ct state foo accept
ip netns exec a nft add rule ip t c meta l4proto foo
ip netns exec a nft add rule ip t c ether type foo
ip netns exec a nft add rule ip t c icmp type foo
ip netns exec a nft add rule ip t c tcp flags foo
ip netns exec a nft add rule ip t c pkttype foo
ip netns exec a nft add rule ip t c meta mark foo
ip netns exec a nft add rule ip t c meta mark set tcp
ip netns exec a nft add rule ip t c meta length set 5
ip netns exec a nft add rule ip t c iifname averylonginterfacename
ip netns exec a nft 'add rule ip t c iif nowhere'
ip netns exec a nft 'add rule ip t c ip saddr @addresses drop'
ip netns exec a nft 'add rule ip t c ip saddr @address drop'
ip netns exec a nft 'add rule ip t c tcp dport @addresses drop'
ip netns exec a nft 'add rule ip t c ip saddr @verdicts drop'
ip netns exec a nft 'add rule ip t c ip saddr vmap @addresses'
ip netns exec a nft 'add rule ip t c ip saddr vmap @marks'
ip netns exec a nft 'add rule ip t c ip saddr vmap @verdict'
ip netns exec a nft 'add rule ip t c meta mark set ip saddr map @verdicts'
ip netns exec a nft 'add rule ip t c meta mark set tcp dport map @marks'
ip netns exec a nft 'add rule ip t c tcp dport { 1, foo } drop'
ip netns exec a nft 'add rule ip t c tcp dport { 1-5, 3-9 } drop'
ip netns exec a nft 'add rule ip t c tcp dport vmap { 1-5 : drop, 3-9 : accept }'
ip netns exec a nft 'add rule ip t c tcp dport vmap { 1 : drop, 1 : accept }'
ip netns exec a nft 'add rule ip t c tcp dport vmap { 1, 2 }'
ip netns exec a nft 'add rule ip t c tcp dport { 1 : drop }'
ip netns exec a nft 'add rule ip t c ip saddr . tcp dport { 1.1.1.1 }'
ip netns exec a nft 'add rule ip t c ip saddr . tcp dport 1.1.1.1 . 2'
ip netns exec a nft 'add rule ip t c ip saddr { 1.1.1.1 . 2 }'
ip netns exec a nft 'add rule ip t c ip saddr > { 1.1.1.1 }'
ip netns exec a nft 'add rule ip t c ip saddr ! 1.1.1.1'
ip netns exec a nft 'add rule ip t c ip saddr and 5 drop'
ip netns exec a nft 'add rule ip t c drop accept'
ip netns exec a nft 'add rule ip t c accept counter'
ip netns exec a nft 'add rule ip t c jump nowhere'
ip netns exec a nft 'add rule ip t c reject with tcp reset'
ip netns exec a nft 'add rule ip t c udp dport 5 reject with tcp reset'
ip netns exec a nft 'add rule ip t c reject with icmpv6 no-route'
ip netns exec a nft 'add rule netdev n c ip saddr 1.1.1.1 ip6 saddr ::1'
ip netns exec a nft 'add rule netdev n c tcp dport 22 ip6 saddr ::1'
ip netns exec a nft 'add rule netdev n c ip protocol tcp ip protocol udp'
ip netns exec a nft 'add rule ip t c dup to v0'
ip netns exec a nft 'add rule ip t c fwd to "v0"'
ip netns exec a nft 'add rule netdev n c fwd to 5'
ip netns exec a nft 'add rule ip t c limit rate 0/second'
ip netns exec a nft 'add rule ip t c counter name nowhere'
ip netns exec a nft 'add rule ip t nowhere drop'
ip netns exec a nft 'add rule ip nowhere c drop'
ip netns exec a nft 'add rule inet t c drop'
ip netns exec a nft 'add chain ip nowhere c'
ip netns exec a nft 'add element ip t addresses { foo }'
ip netns exec a nft 'add element ip t addresses { 1.1.1.0/24 }'
ip netns exec a nft 'add element ip t addresses { 1.1.1.1 : 5 }'
ip netns exec a nft 'add element ip t marks { 1.1.1.1 }'
ip netns exec a nft 'add element ip t marks { 1.1.1.1 : foo }'
ip netns exec a nft 'add element ip t verdicts { 1.1.1.1 : 5 }'
ip netns exec a nft 'add element ip t addres { 1.1.1.1 }'
ip netns exec a nft 'add element ip t ranges { 1.1.1.0/24, 1.1.1.5 }'
ip netns exec a nft 'add element ip t ranges { 1.1.1.0/24 timeout 5s }'
ip netns exec a nft 'delete element ip t addresses { 9.9.9.9 }'
ip netns exec a nft 'create element ip t addresses { 9.9.9.9 }'
ip netns exec a nft 'create element ip t addresses { 9.9.9.9 }'
ip netns exec a nft 'create table ip t'
ip netns exec a nft 'create chain ip t c'
ip netns exec a nft 'create set ip t addresses { type ipv4_addr; }'
ip netns exec a nft 'add set ip t addresses { type ipv6_addr; }'
ip netns exec a nft 'add set ip t w { type string; }'
ip netns exec a nft 'add set ip t w { type verdict; }'
ip netns exec a nft 'add set ip t w { flags interval; }'
ip netns exec a nft 'add map ip t w { type ipv4_addr; }'
ip netns exec a nft 'add chain ip t b { type filter hook ingress priority 0; }'
ip netns exec a nft 'add chain ip t b { type foo hook input priority 0; }'
ip netns exec a nft 'add chain ip t b { type filter hook input priority srcnat; }'
ip netns exec a nft 'add chain ip t b { type filter hook input priority 0; policy drop; policy accept; }'
ip netns exec a nft 'add chain netdev n b { type filter hook ingress priority 0; }'
ip netns exec a nft 'add chain netdev n b { type filter hook ingress device nowhere priority 0; }'
ip netns exec a nft 'add chain netdev n b { type filter hook input device lo priority 0; }'
ip netns exec a nft delete table ip nowhere
ip netns exec a nft delete chain ip t nowhere
ip netns exec a nft delete set ip t nowhere
ip netns exec a nft delete set ip t adresses
ip netns exec a nft delete rule ip t c handle 99
ip netns exec a nft insert rule ip t c position 99 drop
ip netns exec a nft insert rule ip t c index 9 drop
ip netns exec a nft list table ip nowhere
ip netns exec a nft list table ip6 n
ip netns exec a nft list chain ip t d
ip netns exec a nft list chain ip t cc
ip netns exec a nft list set ip t address
ip netns exec a nft list map ip t nowhere
ip netns exec a nft list set ip t marks
ip netns exec a nft list counter ip t nowhere
ip netns exec a nft flush chain ip t nowhere
ip netns exec a nft flush table ip nowhere
ip netns exec a nft flush set ip t nowhere
ip netns exec a nft flush set ip t addresses
ip netns exec a nft rename chain ip t nowhere there
ip netns exec a nft list ruleset
