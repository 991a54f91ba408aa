"""The keys on paper: each in three shares of words (SLIP-39), any two of which give it back, and one alone nothing.

A share says which key it is of by its set; a sheet of paper carries one share of each key. Written for people who sit
at a table without us: tracker/custody_sheets.py lays the sheets out.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import shamir_mnemonic
from django.conf import settings
from pyrage import x25519
from shamir_mnemonic import MnemonicError

NEEDED, CUSTODIANS = 2, 3
KEYS = ("vault", "backup")
_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_PREFIX = "age-secret-key-"
DRILLS = "key_drills.json"


class NotGivenBack(Exception):
    """The words do not give the key back; the message says why."""


@dataclass(frozen=True)
class Sheet:
    """What one custodian keeps: her number, and the words of her share of each key, by KEYS."""

    number: int
    words: dict[str, str]


def sheets(keys: dict[str, str]) -> list[Sheet]:
    """Three sheets for these keys (secret keys of age, by KEYS)."""
    shares = {
        name: shamir_mnemonic.generate_mnemonics(1, [(NEEDED, CUSTODIANS)], secret_of(key))[0]
        for name, key in keys.items()
    }
    return [
        Sheet(number + 1, {name: words[number] for name, words in shares.items()})
        for number in range(CUSTODIANS)
    ]


def key_of(first: str, second: str) -> str:
    """The secret key of age that two shares give. Raises ``NotGivenBack``."""
    given = [" ".join(words.lower().split()) for words in (first, second)]
    if given[0] == given[1]:
        raise NotGivenBack("Both are the same share: the words of two different sheets are needed.")
    for number, words in enumerate(given, start=1):
        try:
            shamir_mnemonic.Share.from_mnemonic(words)
        except (MnemonicError, ValueError) as fault:
            raise NotGivenBack(
                f"Share {number} is not as it was printed ({fault}). Look for a word that was read wrongly."
            ) from None
    try:
        secret = shamir_mnemonic.combine_mnemonics(given)
    except (MnemonicError, ValueError) as fault:
        raise NotGivenBack(
            f"These two shares do not belong together ({fault}). Take two sheets of the same date, and the same key."
        ) from None
    return identity_of(secret)


def secret_of(key: str) -> bytes:
    """The 32 bytes of a secret key of age."""
    values = [_LETTERS.index(letter) for letter in key.lower().removeprefix(f"{_PREFIX}1")[:-6]]
    number = 0
    for value in values:
        number = number << 5 | value
    return (number >> (len(values) * 5 - 256)).to_bytes(32, "big")


def identity_of(secret: bytes) -> str:
    """The secret key of age of 32 bytes, as it is written (Bech32)."""
    number = int.from_bytes(secret, "big") << 4
    values = [number >> 5 * place & 31 for place in reversed(range(52))]
    expanded = [ord(letter) >> 5 for letter in _PREFIX] + [0] + [ord(letter) & 31 for letter in _PREFIX]
    check = _polymod([*expanded, *values, 0, 0, 0, 0, 0, 0]) ^ 1
    values += [check >> 5 * place & 31 for place in reversed(range(6))]
    written = (f"{_PREFIX}1" + "".join(_LETTERS[value] for value in values)).upper()
    x25519.Identity.from_str(written)  # it checks what we wrote
    return written


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, part in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            if top >> place & 1:
                check ^= part
    return check


def public(key: str) -> str:
    """The public half of a secret key."""
    return str(x25519.Identity.from_str(key).to_public())


# --- Drills ---------------------------------------------------------------------------------------------------------


def note_drill(key: str) -> None:
    """Keep that a drill gave this key back today; never the key."""
    drills = drills_held()
    drills[key] = f"{datetime.now(UTC):%Y-%m-%d}"
    file = Path(settings.DATA_DIR) / DRILLS
    draft = file.with_name(f".{file.name}")
    draft.write_text(json.dumps(drills))
    draft.replace(file)


def drills_held() -> dict[str, str]:
    """The day of the last drill of each key (KEYS) that has had one."""
    try:
        return dict(json.loads((Path(settings.DATA_DIR) / DRILLS).read_text()))
    except (OSError, ValueError):
        return {}
