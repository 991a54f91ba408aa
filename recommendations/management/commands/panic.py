"""Closes the site to the outside from a shell of the server, or opens it in the name of two people."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recommendations.organisations import closing
from recommendations.organisations.errors import NotPossible
from recommendations.organisations.models import User


class Command(BaseCommand):
    """``manage.py panic [--reason WORDS]``; ``manage.py panic --end --by ADDRESS [--by ADDRESS]``."""

    help = "End all sessions, close public pages, calendar addresses and share links, freeze exports; or end that."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", default="", help="stays in the log")
        parser.add_argument("--end", action="store_true", help="open the site again: two people are needed")
        parser.add_argument(
            "--by", action="append", default=[], metavar="ADDRESS", help="the e-mail of who opens it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["end"]:
            count = closing.close(by=None, reason=options["reason"])
            self.stdout.write(f"The site is closed to the outside; {count} sessions were ended.")
            return
        if not options["by"]:
            raise CommandError("--end needs --by with the address of who opens the site; two people do it.")
        is_open = False
        for address in options["by"]:
            person = User.objects.filter(email__iexact=address).first()
            if person is None:
                raise CommandError(f"--by {address}: nobody here has that address.")
            try:
                is_open = closing.reopen(by=person)
            except NotPossible as reason:
                raise CommandError(str(reason)) from None
        self.stdout.write("The site is open again." if is_open else "Asked; a second person confirms it.")
