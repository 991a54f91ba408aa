"""What makes a summary an edition: its number and address, who signs, what changed since the one before."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SignerLine:
    """An organisation that signs, with its reservation where it has one."""

    name: str
    reservation: str = ""


@dataclass(frozen=True, kw_only=True)
class ChangeLine:
    """What is otherwise than in an earlier edition: `what` is "rating", "position", "new" or "gone"."""

    reference: str
    what: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class EditionFacts:
    """What makes a summary an edition; `before` is the number of the one it is compared with."""

    number: int
    address: str
    signers: tuple[SignerLine, ...] = ()
    unnamed: int = 0
    before: int | None = None
    changes: tuple[ChangeLine, ...] = ()
