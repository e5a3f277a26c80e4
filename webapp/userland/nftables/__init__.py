"""nft: the language, its compilation to the kernel's expressions, and the command."""
