"""iputils 20221126."""
