"""Compiles the translation catalogues, in Python: set-up needs no gettext on the machine.

``python -m tracker.translations`` compiles them; with ``--check`` it asks gettext (which only developers need)
whether the catalogues hold exactly the strings of the code, and names those that are missing or gone.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tracker.settings import BASE_DIR, LANGUAGES, LOCALE_PATHS


def compile_all(folders: Iterable[Path]) -> int:
    """Compile each catalogue that is newer than its compiled form; returns how many were compiled."""
    count = 0
    for folder in folders:
        for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
                continue
            draft = target.with_name(f"{target.name}.{os.getpid()}")
            with source.open("rb") as lines, draft.open("wb") as compiled:
                catalogue = read_po(lines, locale=source.parent.parent.name, domain=source.stem)
                _leave_out_what_is_empty(catalogue)
                write_mo(compiled, catalogue)
            draft.replace(target)  # a site that reads it meanwhile sees the old one or the new one
            count += 1
    return count


def _leave_out_what_is_empty(catalogue: Catalog) -> None:
    """Babel compiles an empty plural as the English words, which would hide the package's own translation."""
    for message in list(catalogue):
        if message.id and not isinstance(message.string, str) and not any(message.string or ()):
            catalogue.delete(message.id, message.context)


def strings_of(catalogue: Path) -> set[tuple[str, str]]:
    """The strings of a catalogue that are in use, each with its context."""
    with catalogue.open("rb") as lines:
        return {(str(message.id), message.context or "") for message in read_po(lines) if message.id}


def differences() -> list[str]:
    """For each catalogue, the strings of the code that it lacks and its strings that are gone from the code."""
    found = []
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "site"
        ignored = shutil.ignore_patterns(
            ".*", "var", "node_modules", "vendor", "tests", "docs", "__pycache__"
        )
        shutil.copytree(BASE_DIR, copy, ignore=ignored)
        (copy / LOCALE_PATHS[0].relative_to(BASE_DIR)).mkdir(exist_ok=True)
        languages = [code for code, _name in LANGUAGES if code != "en"]  # English is what the code says
        subprocess.run(
            [sys.executable, "manage.py", "makemessages", "--no-obsolete", "--verbosity=0"]
            + [f"--locale={language}" for language in languages],
            cwd=copy,
            check=True,
            env=os.environ | {"DATA_DIR": scratch},
        )
        for language in languages:
            ours = LOCALE_PATHS[0] / language / "LC_MESSAGES" / "django.po"
            known = strings_of(ours) if ours.exists() else set()
            used = strings_of(copy / ours.relative_to(BASE_DIR))
            found += [
                f"{language}: not in the catalogue: {text!r}" for text, _context in sorted(used - known)
            ]
            found += [
                f"{language}: no longer in the code: {text!r}" for text, _context in sorted(known - used)
            ]
    return found


def main(arguments: list[str]) -> int:
    """Compile, or with ``--check`` compare."""
    if "--check" not in arguments:
        compile_all(LOCALE_PATHS)
        return 0
    found = differences()
    for line in found:
        print(line)
    if found:
        print(f"{len(found)} differences: run manage.py makemessages and translate what is new.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
