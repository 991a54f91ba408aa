"""Compares the files of evidence with what was recorded when they were received."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recommendations.evidence.models import EvidenceFile
from recommendations.evidence.vault import faults


class Command(BaseCommand):
    """``manage.py verify_evidence``: names each file that is gone, changed, closed or unknown."""

    help = "Open every file of evidence, compare it with its recorded SHA-256, and find files that no item knows."

    def handle(self, *args: Any, **options: Any) -> None:
        """Look at every file, and say what is wrong."""
        found = 0
        for which, what in faults():
            found += 1
            self.stdout.write(f"{which}: {what}")
        if found:
            raise CommandError(f"{found} faults among the files of evidence.")
        self.stdout.write(f"{EvidenceFile.objects.count()} files are as they were received.")
