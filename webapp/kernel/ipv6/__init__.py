"""net/ipv6."""
