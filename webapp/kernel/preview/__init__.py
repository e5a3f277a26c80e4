"""What the commit message looks ahead to, and Linux does not have. Nothing here is on unless a lab asks for it."""
