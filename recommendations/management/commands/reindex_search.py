"""Writes the search index anew, for instance after names of States or themes changed."""

from typing import Any

from django.core.management.base import BaseCommand

from recommendations.overview.search import reindex_all


class Command(BaseCommand):
    """``manage.py reindex_search``: harmless at any time; people can search meanwhile."""

    help = "Write the search index of recommendations anew."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{reindex_all()} recommendations can be searched.")
