"""A lab: its script, its machine, its walks."""
