"""The key that signs sessions: named by a deployment, made once for a site that runs on one's own machine."""

import os
import secrets
from pathlib import Path

from tracker.environment import SettingError

SHORTEST = 50


def checked(key: str) -> str:
    """The key of a production site, if it is long and varied enough to resist guessing."""
    if not key:
        raise SettingError(
            "SECRET_KEY is missing: a production site needs a long random text there, for example from "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'."
        )
    if len(key) < SHORTEST or len(set(key)) < 5:
        raise SettingError(f"SECRET_KEY is too easy to guess: it takes {SHORTEST} random characters or more.")
    return key


def kept_in(file: Path) -> str:
    """The key in `file`, made at the first call. Two processes that start at once agree on one key."""
    if not file.exists():
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w") as new:
            new.write(secrets.token_urlsafe(SHORTEST))
        try:
            os.link(draft, file)
        except FileExistsError:
            pass  # another process was faster: its key counts
        finally:
            draft.unlink()
    return file.read_text().strip()
