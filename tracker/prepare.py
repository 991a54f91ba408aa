"""Brings a site up to date before it serves: database, reference data, demonstration, translations, static files.

``python -m tracker.prepare`` does all of it and may be repeated at will: what is done already costs next to nothing.
A production site never gets the demonstration.
"""

import os
import sys

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

from tracker import translations


def prepare(*, demo: bool) -> None:
    """Do every step in its order. `demo` asks for the demonstration where no recommendation exists yet."""
    step("database")
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    step("reference data")
    call_command("load_reference", verbosity=0)
    if demo and not apps.get_model("recommendations", "Recommendation").objects.exists():
        step("demonstration")
        call_command("load_demo", verbosity=0)
    step("translations")
    translations.compile_all(settings.LOCALE_PATHS)
    step("static files")
    call_command("collectstatic", interactive=False, verbosity=0)


def step(name: str) -> None:
    """Say what is being done, on one line."""
    print(f"  {name}", flush=True)


def main() -> int:
    """Prepare the site that the environment describes."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    django.setup()
    prepare(demo=not settings.PRODUCTION)
    return 0


if __name__ == "__main__":
    sys.exit(main())
