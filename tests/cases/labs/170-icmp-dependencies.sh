# Which ICMP types nft leaves out when it lists a rule: it asks for the last type that was seen, and drops the one it kept.
ip netns add s
ip netns exec s nft -f - <<'R'
table ip t {
	chain c {
		icmp type echo-request icmp type destination-unreachable icmp type echo-reply icmp sequence set 9
		icmp type destination-unreachable icmp type echo-reply icmp id 3
		icmp type redirect icmp type destination-unreachable icmp mtu 1400
		icmp type destination-unreachable icmp mtu 1400 icmp code 4
		icmp type echo-reply icmp id 1 icmp sequence 2
		icmp type redirect counter icmp gateway 7
		icmp type { echo-reply, echo-request } icmp id 1-5
		icmp type != redirect icmp type redirect icmp gateway 7
	}
}
table ip6 t {
	chain c {
		icmpv6 type echo-request icmpv6 type packet-too-big icmpv6 type echo-reply icmpv6 id 3
		icmpv6 type echo-reply icmpv6 type packet-too-big icmpv6 type echo-request icmpv6 id 3
		icmpv6 type packet-too-big icmpv6 mtu 1400
		icmpv6 type parameter-problem icmpv6 type packet-too-big icmpv6 mtu 1400
		icmpv6 type { 129, 130 } icmpv6 max-delay 4
		icmpv6 type echo-reply icmpv6 sequence set 9
	}
}
table inet t {
	chain c {
		icmp type destination-unreachable icmp type echo-reply icmp sequence set 9
		ip protocol icmp icmp type destination-unreachable icmp type echo-reply icmp id 3
		icmpv6 type packet-too-big icmpv6 type echo-request icmpv6 id 3
		meta nfproto ipv4 icmp type echo-request icmp id 4
	}
}
R
ip netns exec s nft list ruleset
