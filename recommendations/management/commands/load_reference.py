"""Loads States, bodies, themes, groups, SDGs and Kazakhstan's cycles; may be repeated at will."""

from django.core.management.base import BaseCommand

from recommendations.catalogue.reference import load_reference


class Command(BaseCommand):
    """``manage.py load_reference``."""

    help = "Load the reference data: adds what is missing, changes nothing that is there."

    def handle(self, *args: object, **options: object) -> None:
        added = load_reference()
        words = ", ".join(f"{name} {number}" for name, number in sorted(added.items()))
        self.stdout.write(words or "Nothing was missing.")
