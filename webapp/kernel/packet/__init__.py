"""net/packet."""
