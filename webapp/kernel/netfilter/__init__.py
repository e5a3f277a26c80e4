"""net/netfilter."""
