"""What the parser makes of the productions of grammar.lark (nftables src/parser_bison.y)."""
