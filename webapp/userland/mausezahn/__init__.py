"""mausezahn of netsniff-ng 0.6.8."""
