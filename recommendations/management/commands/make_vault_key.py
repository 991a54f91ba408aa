"""`manage.py make_vault_key FILE`: the key that opens what a site seals, once."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from pyrage import x25519

from tracker import vault_key


class Command(BaseCommand):
    """Writes a new key where none is; an existing file stays as it is."""

    help = "Make the key that opens what the site seals, in a file outside DATA_DIR."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The file."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it."""
        file: Path = options["file"].absolute()
        if file.exists():
            raise CommandError(f"{file} is there already. Nothing was changed.")
        identity = x25519.Identity.generate()
        vault_key.write(file, [str(identity)], replace=False)
        self.stdout.write(f"The key is in {file}; its public half: {identity.to_public()}")
