# Which chains take fib, rt and dup.
ip link add d0 type veth peer name d1
ip link set d0 up
nft 'add table netdev n; add chain netdev n i { type filter hook ingress device d0 priority 0; }; add chain netdev n e { type filter hook egress device d0 priority 0; }; add chain netdev n free'
nft 'add table inet t; add chain inet t g { type filter hook ingress device d0 priority 0; }; add chain inet t free'
nft 'add table ip t'
nft 'add chain ip t p { type filter hook prerouting priority 0; }'
nft 'add chain ip t i { type filter hook input priority 0; }'
nft 'add chain ip t f { type filter hook forward priority 0; }'
nft 'add chain ip t o { type filter hook output priority 0; }'
nft 'add chain ip t q { type filter hook postrouting priority 0; }'
nft 'add table ip6 t'
nft 'add chain ip6 t p { type filter hook prerouting priority 0; }'
nft 'add chain ip6 t i { type filter hook input priority 0; }'
nft 'add chain ip6 t f { type filter hook forward priority 0; }'
nft 'add chain ip6 t o { type filter hook output priority 0; }'
nft 'add chain ip6 t q { type filter hook postrouting priority 0; }'
nft 'add table inet t'
nft 'add chain inet t p { type filter hook prerouting priority 0; }'
nft 'add chain inet t i { type filter hook input priority 0; }'
nft 'add chain inet t f { type filter hook forward priority 0; }'
nft 'add chain inet t o { type filter hook output priority 0; }'
nft 'add chain inet t q { type filter hook postrouting priority 0; }'
nft 'add table arp t; add chain arp t i { type filter hook input priority 0; }'
nft 'add table bridge t; add chain bridge t p { type filter hook prerouting priority 0; }'
nft add rule netdev n i fib saddr . iif oif missing drop
nft add rule netdev n e fib saddr . iif oif missing drop
nft add rule netdev n free fib saddr . iif oif missing drop
nft add rule inet t g fib saddr . iif oif missing drop
nft add rule inet t free fib saddr . iif oif missing drop
nft add rule ip t p fib saddr . iif oif missing drop
nft add rule ip t i fib saddr . iif oif missing drop
nft add rule ip t f fib saddr . iif oif missing drop
nft add rule ip t o fib saddr . iif oif missing drop
nft add rule ip t q fib saddr . iif oif missing drop
nft add rule ip6 t p fib saddr . iif oif missing drop
nft add rule ip6 t o fib saddr . iif oif missing drop
nft add rule inet t p fib saddr . iif oif missing drop
nft add rule inet t f fib saddr . iif oif missing drop
nft add rule inet t q fib saddr . iif oif missing drop
nft add rule netdev n i fib saddr oif 1
nft add rule netdev n e fib saddr oif 1
nft add rule netdev n free fib saddr oif 1
nft add rule inet t g fib saddr oif 1
nft add rule inet t free fib saddr oif 1
nft add rule ip t p fib saddr oif 1
nft add rule ip t i fib saddr oif 1
nft add rule ip t f fib saddr oif 1
nft add rule ip t o fib saddr oif 1
nft add rule ip t q fib saddr oif 1
nft add rule ip6 t p fib saddr oif 1
nft add rule ip6 t o fib saddr oif 1
nft add rule inet t p fib saddr oif 1
nft add rule inet t f fib saddr oif 1
nft add rule inet t q fib saddr oif 1
nft add rule netdev n i fib daddr . iif oifname d0
nft add rule netdev n e fib daddr . iif oifname d0
nft add rule netdev n free fib daddr . iif oifname d0
nft add rule inet t g fib daddr . iif oifname d0
nft add rule inet t free fib daddr . iif oifname d0
nft add rule ip t p fib daddr . iif oifname d0
nft add rule ip t i fib daddr . iif oifname d0
nft add rule ip t f fib daddr . iif oifname d0
nft add rule ip t o fib daddr . iif oifname d0
nft add rule ip t q fib daddr . iif oifname d0
nft add rule ip6 t p fib daddr . iif oifname d0
nft add rule ip6 t o fib daddr . iif oifname d0
nft add rule inet t p fib daddr . iif oifname d0
nft add rule inet t f fib daddr . iif oifname d0
nft add rule inet t q fib daddr . iif oifname d0
nft add rule netdev n i fib daddr type local
nft add rule netdev n e fib daddr type local
nft add rule netdev n free fib daddr type local
nft add rule inet t g fib daddr type local
nft add rule inet t free fib daddr type local
nft add rule ip t p fib daddr type local
nft add rule ip t i fib daddr type local
nft add rule ip t f fib daddr type local
nft add rule ip t o fib daddr type local
nft add rule ip t q fib daddr type local
nft add rule ip6 t p fib daddr type local
nft add rule ip6 t o fib daddr type local
nft add rule inet t p fib daddr type local
nft add rule inet t f fib daddr type local
nft add rule inet t q fib daddr type local
nft add rule netdev n i fib daddr . iif type local
nft add rule netdev n e fib daddr . iif type local
nft add rule netdev n free fib daddr . iif type local
nft add rule inet t g fib daddr . iif type local
nft add rule inet t free fib daddr . iif type local
nft add rule ip t p fib daddr . iif type local
nft add rule ip t i fib daddr . iif type local
nft add rule ip t f fib daddr . iif type local
nft add rule ip t o fib daddr . iif type local
nft add rule ip t q fib daddr . iif type local
nft add rule ip6 t p fib daddr . iif type local
nft add rule ip6 t o fib daddr . iif type local
nft add rule inet t p fib daddr . iif type local
nft add rule inet t f fib daddr . iif type local
nft add rule inet t q fib daddr . iif type local
nft add rule netdev n i fib daddr . oif type local
nft add rule netdev n e fib daddr . oif type local
nft add rule netdev n free fib daddr . oif type local
nft add rule inet t g fib daddr . oif type local
nft add rule inet t free fib daddr . oif type local
nft add rule ip t p fib daddr . oif type local
nft add rule ip t i fib daddr . oif type local
nft add rule ip t f fib daddr . oif type local
nft add rule ip t o fib daddr . oif type local
nft add rule ip t q fib daddr . oif type local
nft add rule ip6 t p fib daddr . oif type local
nft add rule ip6 t o fib daddr . oif type local
nft add rule inet t p fib daddr . oif type local
nft add rule inet t f fib daddr . oif type local
nft add rule inet t q fib daddr . oif type local
nft add rule netdev n i rt classid 1
nft add rule netdev n e rt classid 1
nft add rule netdev n free rt classid 1
nft add rule inet t g rt classid 1
nft add rule inet t free rt classid 1
nft add rule ip t p rt classid 1
nft add rule ip t i rt classid 1
nft add rule ip t f rt classid 1
nft add rule ip t o rt classid 1
nft add rule ip t q rt classid 1
nft add rule ip6 t p rt classid 1
nft add rule ip6 t o rt classid 1
nft add rule inet t p rt classid 1
nft add rule inet t f rt classid 1
nft add rule inet t q rt classid 1
nft add rule arp t i rt classid 1
nft add rule bridge t p rt classid 1
nft add rule ip t f rt ipsec exists
nft add rule ip t f rt nexthop 10.0.0.1
nft add rule ip6 t f rt nexthop fd00::1
nft add rule inet t f rt nexthop fd00::1
nft add rule inet t f rt ip nexthop 10.0.0.1
nft add rule inet t f tcp flags syn tcp option maxseg size set rt mtu
nft add rule inet t i tcp flags syn tcp option maxseg size set rt mtu
nft add rule inet t o meta l4proto tcp tcp option maxseg size set rt mtu
nft add rule ip t f tcp option maxseg size set rt mtu
nft add rule ip t p dup to 10.0.0.1 device d0
nft add rule ip t o dup to 10.0.0.1
nft add rule ip t o dup to ip saddr map '{ 10.0.0.2 : 10.0.0.1 }' device d0
nft add rule ip6 t o dup to fd00::1 device d0
nft add rule inet t o dup to 10.0.0.1 device d0
nft add rule ip t o fib saddr . daddr oif 1
nft add rule ip t p fib mark oif 1
nft add rule ip t p fib saddr . iif . oif oif 1
nft add rule ip t p fib saddr . oif oif 1
nft add rule ip t p fib saddr type '{ local, broadcast, unicast }' counter
nft add rule ip t p fib daddr . iif type vmap '{ local : accept, blackhole : drop, prohibit : continue }'
nft add rule ip t p fib saddr . iif oifname '{ d0, lo }'
nft add rule ip t p fib daddr . mark . iif oif exists
nft add rule ip t p fib daddr oif != 0
nft add rule ip t p meta mark set fib daddr oif
nft -s list ruleset
