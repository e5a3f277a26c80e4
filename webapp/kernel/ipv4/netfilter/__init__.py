"""net/ipv4/netfilter."""
