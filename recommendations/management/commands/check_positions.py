"""Compares every recommendation's position with the latest one recorded, and can repair the copy."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recommendations.catalogue.positions import faulty_positions, refresh_positions


class Command(BaseCommand):
    """``manage.py check_positions [--repair]``: names what differs, and ends with 1 where something did."""

    help = "Compare each recommendation's position with the latest one recorded."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="copy the latest position where it differs")

    def handle(self, *args: Any, **options: Any) -> None:
        faulty = []
        for recommendation, latest in faulty_positions():
            faulty.append(recommendation.pk)
            self.stdout.write(f"{recommendation}: {recommendation.position or '-'}, latest {latest or '-'}")
        if faulty and not options["repair"]:
            raise CommandError(f"{len(faulty)} positions differ from the latest recorded.")
        refresh_positions(faulty)
        self.stdout.write(f"{len(faulty)} repaired." if faulty else "Every position is the latest recorded.")
