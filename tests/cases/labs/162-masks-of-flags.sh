# masks of flags, and fields of ICMP that ask for its type, as nft lists them
nft -f - <<'X'
table ip t {
 chain c {
  tcp flags == syn|ack
  tcp flags != syn|ack
  tcp flags == 0x12
  tcp flags > 0x12
  tcp flags & syn == syn|ack
  tcp flags & 0x12 == 0x02
  tcp flags & 0x3f != 0x02
  tcp flags & 0x3f == { 0x02, 0x12 }
  ct state & (new|established) != new
  ct state == new
  ct state == (new|established)
  ct state != (new|established)
  ct state != new,established
  ct status & (snat|dnat) == snat
  ct status == snat|dnat
  tcp flags & (syn|ack) vmap { syn : accept, ack : drop }
  tcp flags vmap { syn|ack : accept, ack : drop }
 }
}
X
nft list ruleset
nft add rule ip t c icmp type != echo-request icmp sequence 1
nft add rule ip t c icmp type != echo-request icmp type != echo-reply icmp sequence 1
nft add rule ip t c icmp type != 3 icmp sequence 1
nft add rule ip t c icmp type { echo-request, echo-reply } icmp sequence 1
nft add rule ip t c icmp type { echo-request, 3 } icmp sequence 1
nft add rule ip t c icmp type 3 icmp sequence 1
nft add rule ip t c icmp sequence 1 icmp type != echo-request
nft add rule ip t c icmp sequence 1 icmp type echo-request
nft add rule ip t c icmp sequence 1 icmp id 5
nft add rule ip t c icmp sequence 1 icmp mtu 5
nft add rule ip t c icmp type != echo-request icmp mtu 5
nft add rule ip t c udp dport != 5 icmp type 5
nft add rule ip t c ip protocol != udp udp dport 5
nft add rule ip t c ip protocol != udp icmp type echo-request
nft add rule ip t c meta l4proto != udp udp dport 5
nft add table netdev t
nft add chain netdev t c
nft add rule netdev t c meta protocol != ip ip saddr 1.1.1.1
nft add rule netdev t c ether type != arp udp dport 5
nft list ruleset
