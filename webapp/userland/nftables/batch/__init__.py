"""The messages of one batch (nftables src/evaluate.c, cmd_evaluate; src/mnl.c)."""
