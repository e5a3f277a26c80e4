"""The same lab on a real kernel, and the comparison of what both printed."""
