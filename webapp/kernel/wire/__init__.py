"""Headers on the wire: parse and emit, no behaviour."""
