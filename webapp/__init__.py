"""Hookwalk: see what Linux does to a packet between tc and netfilter."""
