"""Loads the demonstration into a database that holds no recommendation."""

from django.core.management.base import BaseCommand, CommandError

from recommendations.demo.loading import NotHere, load_demo


class Command(BaseCommand):
    """``manage.py load_demo``."""

    help = "Load the demonstration, once: nothing happens where recommendations are recorded already."

    def handle(self, *args: object, **options: object) -> None:
        try:
            loaded = load_demo()
        except NotHere as reason:
            raise CommandError(str(reason)) from None
        self.stdout.write("The demonstration was loaded." if loaded else "There are recommendations already.")
