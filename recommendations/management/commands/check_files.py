"""Compares the files of evidence with what was recorded when they were received."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recommendations.evidence.models import EvidenceFile
from recommendations.evidence.vault import faults


class Command(BaseCommand):
    """``manage.py check_files``: names each file that is gone, changed or unknown, and ends with 1 where one is."""

    help = "Compare every file of evidence with its recorded SHA-256, and find files that no item knows."

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for which, what in faults():
            found += 1
            self.stdout.write(f"{which}: {what}")
        if found:
            raise CommandError(f"{found} faults among the files of evidence.")
        self.stdout.write(f"{EvidenceFile.objects.count()} files are as they were received.")
