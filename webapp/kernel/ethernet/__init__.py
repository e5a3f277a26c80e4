"""net/ethernet."""
