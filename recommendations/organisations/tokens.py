"""Secret addresses: what is kept of them tells nobody the address."""

from __future__ import annotations

import hashlib


def token_hash(token: str) -> str:
    """What is kept of a secret address: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()
