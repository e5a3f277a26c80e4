"""net/bridge."""
