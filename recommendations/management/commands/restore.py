"""`manage.py restore FILE`: a backup brought back into an empty place, and compared with what it says of itself."""

import getpass
import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recommendations.audit import log
from recommendations.evidence import vault
from recommendations.evidence.models import EvidenceFile
from tracker import archive, vault_key
from tracker.backup import CannotBackUp


class Command(BaseCommand):
    """Restores, then verifies every hash, the number of rows of each table, the log and the vault."""

    help = "Restore a backup into an empty place. The backup key comes from --key-file, BACKUP_KEY or the keyboard."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The backup, and its key."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--key-file", metavar="FILE", type=Path, help="the backup key, as restore_keys writes it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Bring it back and say what was verified."""
        try:
            manifest = archive.bring_back(options["file"].absolute(), self._key(options["key_file"]))
        except CannotBackUp as reason:
            raise CommandError(str(reason)) from None
        files, rows = len(manifest["files"]) - 1, sum(manifest["rows"].values())
        self.stdout.write(
            f"Restored, as it was on {manifest['made']}: {rows} rows in {len(manifest['rows'])} tables,"
        )
        self.stdout.write(f"{files} files, each with its hash. The log ends where it ended.")
        wrong = [str(fault) for fault in log.faults()]
        if missing := vault_key.missing():
            self.stdout.write(f"{missing}")
        else:
            wrong += [f"{which}: {what}" for which, what in vault.faults()]
        if wrong:
            raise CommandError("; ".join(wrong[:20]))
        self.stdout.write("The chain of the log is whole.")
        if not missing:
            self.stdout.write(
                f"{EvidenceFile.objects.count()} files of evidence open, as they were received."
            )

    def _key(self, file: Path | None) -> str:
        try:
            text = file.read_text() if file else os.environ.get("BACKUP_KEY", "")
        except OSError as fault:
            raise CommandError(f"{file}: {fault.strerror}.") from None
        if not text:
            text = getpass.getpass("The backup key: ") if sys.stdin.isatty() else sys.stdin.readline()
        found = vault_key.identities_in(text)
        if not found:
            raise CommandError("The backup key is needed: AGE-SECRET-KEY-1…")
        return found[0]
