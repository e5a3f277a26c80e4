"""net/ipv4."""
