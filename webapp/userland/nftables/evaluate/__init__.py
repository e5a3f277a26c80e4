"""Evaluation: words become values, types are checked (nftables src/evaluate.c)."""
