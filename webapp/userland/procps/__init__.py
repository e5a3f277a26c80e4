"""procps-ng 4.0.2."""
