"""`manage.py make_custodian_sheets --output FOLDER`: the keys on paper, for three people of whom two suffice."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.loader import render_to_string
from pyrage import x25519

from recommendations.formats.sealing import KeyMissing, keyring
from tracker import archive, custody

_IN_A_ROW = 3


class Command(BaseCommand):
    """Makes a new backup key, and three sheets with the parts of it and of the vault's key."""

    help = (
        "Write three sheets to be printed: any two give back the vault's key and the backup key. Makes a new backup "
        "key, whose public half stays here. Write them to a stick, print them, and burn the files."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument("--output", metavar="FOLDER", type=Path, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the sheets and the public half."""
        folder: Path = options["output"].absolute()
        if folder.is_relative_to(settings.DATA_DIR):
            raise CommandError("Name a folder outside DATA_DIR: on a stick, not on this disk.")
        try:
            vault = keyring().written[0]
        except KeyMissing as missing:
            raise CommandError(str(missing)) from None
        backup = str(x25519.Identity.generate())
        keys = {"vault": vault, "backup": backup}
        made = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for sheet in custody.sheets(keys):
            file = folder / f"sheet-{sheet.number}.html"
            try:
                descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            except FileExistsError:
                raise CommandError(f"{file} is there already. Nothing was changed.") from None
            with os.fdopen(descriptor, "w", encoding="utf-8") as writing:
                writing.write(_page(sheet, keys, made))
        file = Path(settings.DATA_DIR) / archive.RECIPIENT_FILE
        file.write_text(custody.public(backup) + "\n")
        self.stdout.write(f"Three sheets in {folder}. Print them, give them out, then burn the files.")
        self.stdout.write(f"Backups are sealed to {custody.public(backup)} from now on.")
        if settings.BACKUP_RECIPIENT:
            self.stdout.write("BACKUP_RECIPIENT in the settings names another key: put this one there.")
        self.stdout.write("Older backups need the sheets that were made for them: keep those, too.")


def _page(sheet: custody.Sheet, keys: dict[str, str], made: str) -> str:
    shown = []
    for name, words in sheet.words.items():
        numbered = list(enumerate(words.split(), start=1))
        rows = [numbered[at : at + _IN_A_ROW] for at in range(0, len(numbered), _IN_A_ROW)]
        shown.append({"name": name, "public": custody.public(keys[name]), "rows": rows})
    context = {
        "sheet": sheet,
        "custodians": custody.CUSTODIANS,
        "made": made,
        "site": settings.SITE_URL,
        "keys": shown,
        "languages": [code for code, _name in settings.LANGUAGES],
    }
    return render_to_string("custody/sheet.html", context)
