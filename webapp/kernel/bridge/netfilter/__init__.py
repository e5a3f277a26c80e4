"""net/bridge/netfilter."""
