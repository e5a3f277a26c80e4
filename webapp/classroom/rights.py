"""Codes to join by, tokens that prove who somebody is. Tokens are kept as hashes and compared in constant time."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

LETTERS = "BCDFGHJKMPQRTVWXYZ"
"""Consonants that are not taken for each other or for figures: no word comes of them, in no language."""

CODE_LENGTH = 6


def new_code() -> str:
    """A room's code."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def typed_code(text: str) -> str:
    """A code as somebody typed it: small letters, spaces and hyphens do not matter. Empty where it is none."""
    code = "".join(one for one in text.upper() if one not in " -\t\n")
    return code if len(code) == CODE_LENGTH and set(code) <= set(LETTERS) else ""


def new_token() -> str:
    """192 bits that nobody guesses."""
    return secrets.token_urlsafe(24)


def hashed(token: str) -> str:
    """A token as it is kept. One with this many bits needs no slow hash."""
    return sha256(token.encode(errors="replace")).hexdigest()


def proves(token: str, kept: str) -> bool:
    """Is this the token whose hash was kept?"""
    return hmac.compare_digest(hashed(token), kept)
