"""net/core."""
