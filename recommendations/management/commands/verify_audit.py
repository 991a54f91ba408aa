"""Follows the audit log and its anchors, and names the place of everything that is wrong."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from recommendations.audit.log import faults
from recommendations.audit.models import ChainHead


class Command(BaseCommand):
    """``manage.py verify_audit [--json]``; ends with 1 where something is wrong."""

    help = "Find any change, deletion or reordering in the audit log, and name the place."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="answer as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(faults())
        events = ChainHead.objects.values_list("number", flat=True).first() or 0
        if options["json"]:
            answer = {"whole": not found, "events": events, "faults": [one._asdict() for one in found]}
            self.stdout.write(json.dumps(answer))
        else:
            for one in found:
                self.stdout.write(str(one))
            words = f"{len(found)} faults: the log is not whole." if found else "The log is whole"
            self.stdout.write(words if found else f"{words}: {events} events.")
        if found:
            raise SystemExit(1)
