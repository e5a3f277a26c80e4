"""ip and tc, file by file as in iproute2 6.1."""
