"""`manage.py send_reminders`: what beat does every few minutes, by hand."""

import dataclasses
import json
from datetime import datetime

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from recommendations.reminders.dispatch import dispatch


class Command(BaseCommand):
    """Tells people what is due, once each."""

    help = "Tell people what is due: notifications in the product, and one digest a day by mail."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--now`` for another moment than the present, ``--json`` for machines."""
        parser.add_argument(
            "--now", metavar="ISO-TIME", help="as if it were this time, such as 2026-05-01T09:00"
        )
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")

    def handle(self, *args: object, **options: str) -> None:
        """Run the dispatch and print what it did."""
        now = None
        if options["now"]:
            try:
                now = datetime.fromisoformat(options["now"])
            except ValueError:
                raise CommandError(
                    f"--now: “{options['now']}” is no time; expected one such as 2026-05-01T09:00."
                ) from None
            if timezone.is_naive(now):
                now = timezone.make_aware(now)
        report = dataclasses.asdict(dispatch(now=now))
        if options["json"]:
            self.stdout.write(json.dumps(report))
        else:
            self.stdout.write(
                "Notifications: {notifications}. Digests sent: {digests}, failed: {failed}. "
                "No longer worth telling: {skipped}.".format(**report)
            )
