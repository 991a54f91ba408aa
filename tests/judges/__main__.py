"""Starts a site with the demonstration, finds a page of every kind, and lets the judges look."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

import django

django.setup()

from django.conf import settings

from recommendations.organisations.models import User
from tests.browser.site import Site
from tests.judges import judges
from tests.judges.pages import PEOPLE, every_kind

NAMES = ("roles", "nu", "axe", "lighthouse")
FROM_NPM = {"nu", "lighthouse"}


def tools() -> Path:
    """The folder with the judges that come from npm, installed once."""
    folder = settings.BASE_DIR / "var" / "judges"
    if not (folder / "node_modules" / "lighthouse").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(judges.HERE / "package.json", folder)
        print("Installing the judges", flush=True)
        npm = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(npm, cwd=folder, check=True)
    return folder


def main(wanted: list[str]) -> int:
    """Run the named judges, or all; the exit code is 1 when one finds a fault."""
    unknown = set(wanted) - set(NAMES)
    if unknown:
        print(f"Unknown judges: {', '.join(sorted(unknown))}. There are: {', '.join(NAMES)}.")
        return 2
    chosen = [name for name in NAMES if not wanted or name in wanted]
    total = 0
    with tempfile.TemporaryDirectory(prefix="upr-judges-") as folder:
        site = Site(Path(folder))
        try:
            with site.as_default_database():
                sessions = {
                    email: site.session_of(User.objects.get(email=email)) if email else None
                    for email in PEOPLE
                }
                pages = every_kind(site.url, sessions)
                print(f"{len(pages)} pages of {len({page.kind for page in pages})} kinds", flush=True)
                for name in chosen:
                    began = time.monotonic()
                    judge = getattr(judges, name)
                    more = (tools(),) if name in FROM_NPM else ()
                    faults = judge(site.url, pages, sessions, *more)
                    total += len(faults)
                    print(f"{name}: {len(faults)} faults in {time.monotonic() - began:.0f} s", flush=True)
                    for fault in faults:
                        print(f"  {fault}", flush=True)
        finally:
            site.stop()
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
