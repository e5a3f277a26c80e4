"""drivers/net/vxlan."""
