ip netns add a
ip netns exec a nft add rule ip t c tcp dport
ip netns exec a nft add rule ip t c ip foo 1
ip netns exec a nft add rule ip t c ip protocol
ip netns exec a nft 'table ip t { chain c { type filter hook fowrard priority 0; } }'
ip netns exec a nft add table ip
ip netns exec a nft add tabel ip t
ip netns exec a nft list ruleset foo
ip netns exec a nft list
ip netns exec a nft
ip netns exec a nft foo
ip netns exec a nft add
ip netns exec a nft delete chain t
ip netns exec a nft add rule t c ip saddr 1.2.3.4.5.6 drop
ip netns exec a nft add rule t c meta foo 1
ip netns exec a nft add rule t c ct stat new
ip netns exec a nft add rule t c counter packets x
ip netns exec a nft add rule t c limit rate 5
ip netns exec a nft add rule t c limit rate 5/foo
ip netns exec a nft add rule t c reject with foo
ip netns exec a nft add rule t c reject with tcp
ip netns exec a nft add rule t c reject with icmp foo
ip netns exec a nft add rule t c dup to
ip netns exec a nft add rule t c log level foo
ip netns exec a nft add rule t c log prefix
ip netns exec a nft add rule t c jump
ip netns exec a nft add rule t c drop drop
ip netns exec a nft 'add rule t c tcp dport { 1, 2'
ip netns exec a nft 'add rule t c tcp dport { 1 2 }'
ip netns exec a nft 'add rule t c tcp dport 1-'
ip netns exec a nft 'add rule t c tcp flags & syn'
ip netns exec a nft 'add rule t c @ll,0,x 1'
ip netns exec a nft 'add rule t c @zz,0,8 1'
ip netns exec a nft 'add set t s { type; }'
ip netns exec a nft 'add set t s { type foo; }'
ip netns exec a nft 'add set t s { type ipv4_addr; flags foo; }'
ip netns exec a nft 'add set t s { typ ipv4_addr; }'
ip netns exec a nft 'add chain t c { type filter hook input priority foo; }'
ip netns exec a nft 'add chain t c { type filter hook input priority filter +; }'
ip netns exec a nft 'add chain t c { type filter hook input; }'
ip netns exec a nft 'add chain t c { type filter; }'
ip netns exec a nft 'add chain t c { type filter hook input priority 0; policy foo; }'
ip netns exec a nft 'add chain netdev t c { type filter hook ingress device v0 priority 0 }'
ip netns exec a nft 'add element t s 1.2.3.4'
ip netns exec a nft 'add element t s { }'
ip netns exec a nft 'add counter t'
ip netns exec a nft 'add quota t q { over 5 }'
ip netns exec a nft 'add limit t l { rate 5/second'
ip netns exec a nft 'define x'
ip netns exec a nft 'add rule t c ip saddr $x'
ip netns exec a nft 'add rule t c ip saddr "x'
ip netns exec a nft 'add rule t c % 5'
ip netns exec a nft 'include "/nowhere/x.nft"'
ip netns exec a nft rename chain t c
ip netns exec a nft replace rule t c drop
ip netns exec a nft insert rule t c index drop
ip netns exec a nft delete rule t c handle x
ip netns exec a nft delete rule t c
ip netns exec a nft -x list ruleset
ip netns exec a nft --nope list ruleset
ip netns exec a nft list ruleset -a
ip netns exec a nft -f
ip netns exec a nft -f /nowhere
ip netns exec a nft --version
ip netns exec a nft -f - <<'X'
table ip t {
	chain c {
		type filter hook input priority 0; policy accept
		ip saddr 1.1.1.1 acccept
		tcp dport 22 accept
		udp dprt 22 accept
	}
	chian d {
		drop
	}
}
X
ip netns exec a nft -f - <<'X'
table ip t {
	chain c {
		drop
X
ip netns exec a nft -f - <<'X'
# nothing but a comment
X
ip netns exec a nft -f - <<'X'
add table t
add foo t
add chain t c {
  type filter hook input priority 0
}
add bar
X
ip netns exec a nft list ruleset
