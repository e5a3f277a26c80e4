# A VLAN header cannot come between a link layer header and a network one that the rule has named.
ip netns add s
ip netns exec s nft add table netdev t
ip netns exec s nft add chain netdev t c
ip netns exec s nft add rule netdev t c icmp code 1 vlan id 3
ip netns exec s nft add rule netdev t c ip protocol 1 vlan id 3
ip netns exec s nft add rule netdev t c ip protocol 1 th dport set 6
ip netns exec s nft add rule netdev t c ip saddr set 10.0.0.1 vlan id 3
ip netns exec s nft add rule netdev t c ip saddr 10.0.0.1 vlan id 3
ip netns exec s nft add rule netdev t c ip saddr 10.0.0.1 ip saddr set 1.1.1.1 vlan id 3
ip netns exec s nft add rule netdev t c tcp dport set 6 vlan id 3
ip netns exec s nft add rule netdev t c th dport set 6 vlan id 3
ip netns exec s nft add rule netdev t c meta mark set 3 vlan id 3
ip netns exec s nft add rule netdev t c ip ttl 3 meta mark set 3 vlan id 3
ip netns exec s nft add rule netdev t c ip ttl 3 th dport set 3 vlan id 3
ip netns exec s nft add rule netdev t c meta protocol ip th dport set 3 vlan id 3
ip netns exec s nft add rule netdev t c meta protocol ip th dport 3 vlan id 3
ip netns exec s nft add rule netdev t c meta protocol ip ip saddr set 1.1.1.1 vlan id 3
ip netns exec s nft add rule netdev t c meta protocol ip counter vlan id 3
ip netns exec s nft add rule netdev t c ether type ip th dport set 3 vlan id 3
ip netns exec s nft add rule netdev t c th dport set 3 counter vlan id 3
ip netns exec s nft add rule netdev t c vlan id 3
ip netns exec s nft add rule netdev t c ether saddr set 1:2:3:4:5:6 vlan id 3
ip netns exec s nft list ruleset
