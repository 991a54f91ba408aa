"""`manage.py restore_keys`: a key from the words of two custodians' sheets."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tracker import custody, vault_key


class Command(BaseCommand):
    """Asks for two shares of a key and writes the key into a file."""

    help = "Give back the vault's key or the backup key from two of the three sheets, typed word by word."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Which key, and where to."""
        parser.add_argument("--key", choices=custody.KEYS, required=True)
        parser.add_argument("--output", metavar="FILE", type=Path, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask, and write."""
        file: Path = options["output"].absolute()
        if file.exists():
            raise CommandError(f"{file} is there already. Nothing was changed.")
        key = asked_for(options["key"])
        vault_key.write(file, [key], replace=False)
        self.stdout.write(f"The key is in {file}; its public half: {custody.public(key)}")


def asked_for(name: str) -> str:
    """The key that two shares give, asked for at the keyboard."""
    first = input(f"The words of the {name} key on the first sheet: ")
    second = input(f"The words of the {name} key on the second sheet: ")
    try:
        return custody.key_of(first, second)
    except custody.NotGivenBack as reason:
        raise CommandError(str(reason)) from None
