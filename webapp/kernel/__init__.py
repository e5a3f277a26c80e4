"""The packet path of Linux in small, laid out as the kernel's tree: net/X/y.c is webapp/kernel/X/y.py.

Symbols and behaviour are those of KERNEL_VERSION; no I/O, no wall clock and no randomness of the machine.
"""

KERNEL_VERSION = "6.18"
