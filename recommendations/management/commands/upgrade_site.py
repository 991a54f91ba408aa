"""`manage.py upgrade_site`: brings a deployment's database to this version, or leaves it as it was."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from recommendations.jobs.health import ages_of
from tracker import backup
from tracker.prepare import prepare

AT_WORK_WITHIN = 30.0  # seconds since a process of the site was seen


class Command(BaseCommand):
    """Backup, migrate, reference data, translations, static files; back to the backup where a migration fails."""

    help = "Upgrade the database to this version: backup before, back to it where a migration fails."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--backup`` only makes one, ``--restore FOLDER`` goes back to one."""
        parser.add_argument("--backup", action="store_true", help="make a backup and end")
        parser.add_argument("--restore", metavar="FOLDER", type=Path, help="set the site back to this backup")
        parser.add_argument(
            "--while-running", action="store_true", help="even though worker or clock are at work"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say which version the site has."""
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        known = ("recommendations", "0015_jobs_by_the_databases_clock") in executor.loader.applied_migrations
        if plan and known and not options["while_running"]:
            for part, name in (("worker", "A worker"), ("beat", "The clock")):
                if any(age < AT_WORK_WITHIN for age in ages_of(part)):
                    raise CommandError(
                        f"{name} is at work: stop the site first (and wait {AT_WORK_WITHIN:.0f} seconds)."
                    )
        try:
            if options["restore"]:
                backup.bring_back(options["restore"])
                self.stdout.write(f"The site is as it was in {options['restore']}.")
                return
            if options["backup"]:
                self.stdout.write(f"Backup in {backup.make()}")
                return
            self.stdout.write(f"To version {settings.VERSION}: {len(plan)} migrations.")
            if not plan:
                prepare(demo=False)
                self.stdout.write(f"The site has version {settings.VERSION} already.")
                return
            kept = backup.make()
        except backup.CannotBackUp as reason:
            raise CommandError(f"{reason} Nothing was changed.") from None
        self.stdout.write(f"Backup in {kept}")
        try:
            prepare(demo=False)
        except Exception as fault:  # whatever a migration raises, the site is set back
            try:
                backup.bring_back(kept)
            except backup.CannotBackUp as reason:
                raise CommandError(
                    f"The upgrade failed ({type(fault).__name__}: {fault}), and so did the way back: {reason} "
                    f"The backup is in {kept}."
                ) from fault
            raise CommandError(
                f"The upgrade failed ({type(fault).__name__}: {fault}). The site is as it was before."
            ) from fault
        self.stdout.write(f"The site has version {settings.VERSION}.")
