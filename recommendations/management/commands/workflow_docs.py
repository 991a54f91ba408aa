"""Writes docs/workflow.md from the tables of transitions, or compares the two."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from recommendations.assessments.transitions import workflow_page
from recommendations.publications.fact_sheet_workflow import workflow_page as fact_sheet_page
from recommendations.publications.workflow import workflow_page as submission_page


class Command(BaseCommand):
    """``manage.py workflow_docs [--check]``: with --check nothing is written, and a difference ends with 1."""

    help = "Write docs/workflow.md from the tables of transitions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only compare")

    def handle(self, *args: Any, **options: Any) -> None:
        page = Path(settings.BASE_DIR) / "docs" / "workflow.md"
        with translation.override("en"):
            wanted = "\n".join([workflow_page(), submission_page(), fact_sheet_page()])
        if not options["check"]:
            page.write_text(wanted, encoding="utf-8")
        elif not page.exists() or page.read_text(encoding="utf-8") != wanted:
            raise CommandError("docs/workflow.md differs from the table: run `manage.py workflow_docs`.")
