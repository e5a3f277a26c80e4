"""tcpdump 4.99.3 with libpcap 1.10.3 (Debian 12)."""
