"""`manage.py rotate_vault_key`: a new key for the vault, to which everything is sealed anew in the background."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from pyrage import x25519

from recommendations.evidence import resealing
from recommendations.formats.sealing import KeyMissing, keyring
from recommendations.jobs import queue
from tracker import vault_key


class Command(BaseCommand):
    """Makes the key and asks for the work; the old key stays beside it until ``--finish``."""

    help = "Make a new key for the vault and seal everything to it in the background; the old one opens until --finish."

    def add_arguments(self, parser: CommandParser) -> None:
        """Go on where a key was made before, wait for it, or let the old keys go."""
        parser.add_argument("--reseal", action="store_true", help="make no key: only seal to the first one")
        parser.add_argument("--now", action="store_true", help="do it in this process, and wait")
        parser.add_argument("--finish", action="store_true", help="let old keys go, when nothing needs them")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make, ask, say what comes next."""
        try:
            ring = keyring()
        except KeyMissing as missing:
            raise CommandError(str(missing)) from None
        if options["finish"]:
            self._finish(ring.written)
            return
        if not options["reseal"]:
            identity = str(x25519.Identity.generate())
            if settings.VAULT_KEY:
                raise CommandError(
                    "The key stands in VAULT_KEY, which this command cannot change. Make one with age-keygen, put it "
                    "there before the old one with a comma between them, start the site anew, then use --reseal."
                )
            vault_key.write(Path(settings.VAULT_KEY_FILE), [identity, *ring.written], replace=True)
            self.stdout.write(
                f"The new key is the first in {settings.VAULT_KEY_FILE}; the old one still opens."
            )
        key = f"{resealing.JOB}:{keyring().public[0]}"
        with transaction.atomic():
            job = queue.enqueue(resealing.JOB, key=key)
        if options["now"]:
            told = resealing.reseal()
            self.stdout.write(f"Sealed anew: {told['sealed']}. What no key opens: {told['closed']}.")
        else:
            self.stdout.write(f"Sealing anew is job {job.pk}; State of the site shows it.")
        self.stdout.write("Then: rotate_vault_key --finish, and make_custodian_sheets for the new key.")

    def _finish(self, written: tuple[str, ...]) -> None:
        if left := resealing.older():
            raise CommandError(
                f"{left} files or texts are not sealed to the new key yet. Nothing was changed."
            )
        if settings.VAULT_KEY:
            self.stdout.write("Nothing needs the old keys: take them out of VAULT_KEY.")
            return
        vault_key.write(Path(settings.VAULT_KEY_FILE), [written[0]], replace=True)
        self.stdout.write("The old keys are gone from the file. Older backups of the vault still need them.")
