"""Brings a site up to date before it serves: database, reference data, demonstration, translations, static files.

``python -m tracker.prepare`` does all of it and may be repeated at will: what is done already costs next to nothing.
A production site never gets the demonstration.
"""

import hashlib
import io
import os
import sys
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from tracker import translations, vault_key


def prepare(*, demo: bool) -> None:
    """Do every step in its order. `demo` asks for the demonstration where no recommendation exists yet."""
    step("database")
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    step("reference data")
    call_command("load_reference", stdout=io.StringIO())
    if demo and not apps.get_model("recommendations", "Recommendation").objects.exists():
        step("demonstration")
        call_command("load_demo", stdout=io.StringIO())
    step("translations")
    translations.compile_all(settings.LOCALE_PATHS)
    collect_static_files(settings.DATA_DIR / "static.collected")


def collect_static_files(mark: Path) -> None:
    """Collect and compress the static files, unless `mark` says that just these have been."""
    state = hashlib.sha256(str(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: found[0]):
            details = Path(storage.path(path)).stat()
            state.update(f"{path} {details.st_size} {details.st_mtime_ns}\n".encode())
    if mark.exists() and mark.read_text() == state.hexdigest() and any(settings.STATIC_ROOT.iterdir()):
        return
    step("static files")
    call_command("collectstatic", interactive=False, verbosity=0)
    mark.write_text(state.hexdigest())


def step(name: str) -> None:
    """Say what is being done, on one line."""
    print(f"  {name}", flush=True)


def main() -> int:
    """Prepare the site that the environment describes."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    django.setup()
    if missing := vault_key.missing():
        print(missing, file=sys.stderr)
        return 1
    prepare(demo=not settings.PRODUCTION)
    return 0


if __name__ == "__main__":
    sys.exit(main())
