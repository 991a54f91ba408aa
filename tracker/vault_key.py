"""The server's key that opens what is sealed at rest: named by a deployment, made once on one's own machine."""

import contextlib
import os
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from pyrage import IdentityError, x25519

from tracker.environment import SettingError

# How every file begins that age sealed.
AGE = b"age-encryption.org/v1\n"


def identities_in(text: str) -> list[str]:
    """The secret keys in a text, each as it is written: those of a file of `age-keygen`, or of the environment.

    The first is the one to which is sealed now; those after it still open what was sealed before.
    """
    found = [
        word
        for line in text.splitlines()
        if not line.lstrip().startswith("#")
        for word in line.replace(",", " ").split()
    ]
    for word in found:
        try:
            x25519.Identity.from_str(word)
        except IdentityError:
            raise SettingError(
                "The vault's key is not usable: it takes secret keys of age, one a line (AGE-SECRET-KEY-1…)."
            ) from None
    return found


def file_text(identities: list[str]) -> str:
    """What a key file says: a line of explanation and the public key for each secret one."""
    lines = ["# Opens the evidence of this site. Keep it apart from the site's data and its backups."]
    for identity in identities:
        public = x25519.Identity.from_str(identity).to_public()
        lines += [f"# written {datetime.now(UTC):%Y-%m-%d}, public key: {public}", identity]
    return "\n".join(lines) + "\n"


def write(file: Path, identities: list[str], *, replace: bool) -> None:
    """Put the keys into a file in one step, readable by its owner only. Without `replace` an older file stays."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "w") as new:
            new.write(file_text(identities))
            new.flush()
            os.fsync(new.fileno())
        if replace:
            os.replace(draft, file)
            return
        with contextlib.suppress(FileExistsError):  # another process was faster: its key counts
            os.link(draft, file)
    finally:
        draft.unlink(missing_ok=True)


def made_once(data_dir: Path) -> None:
    """Make the key of a local site at its first start. Two processes that start at once agree on one key.

    A site that has sealed something already gets no new key: with it nothing of before would open.
    """
    file = data_dir / "keys" / "vault.key"
    if not file.exists() and not _has_sealed(data_dir / "evidence"):
        write(file, [str(x25519.Identity.generate())], replace=False)


def _has_sealed(folder: Path) -> bool:
    for file in folder.glob("[0-9a-f][0-9a-f]/*"):
        with file.open("rb") as opened:
            if opened.read(len(AGE)) == AGE:
                return True
    return False


def missing() -> str:
    """Why the site cannot start for want of its key; empty where the key is there."""
    if settings.VAULT_KEY or Path(settings.VAULT_KEY_FILE).is_file():
        return ""
    return (
        f"The vault's key is missing: there is no file {settings.VAULT_KEY_FILE}. Put it back, or restore it from two "
        "of the custodians' sheets with manage.py restore_keys. The site does not start without it: what is sealed "
        "would not open, and a new key would not help."
    )
