"""Starts a site with the demonstration, finds a page of every kind, and lets the judges look."""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

import django

django.setup()

from recommendations.organisations.models import User
from tests.browser.site import Site
from tests.judges import code, judges, office, tools, walls
from tests.judges.front import NO_LIMITS
from tests.judges.pages import PEOPLE, every_kind

# In this order: the code first, what changes the site's data last.
OF_CODE = {"bandit": code.bandit, "semgrep": code.semgrep}
OF_PAGES = {"roles": judges.roles, "nu": judges.nu, "axe": judges.axe, "lighthouse": judges.lighthouse}
OF_WALLS = {"office": office.office, "observatory": walls.observatory, "wapiti": walls.wapiti}
NAMES = (*OF_CODE, *OF_PAGES, *OF_WALLS)
FROM_NPM = {"nu", "lighthouse"}


def main(wanted: list[str]) -> int:
    """Run the named judges, or all; the exit code is 1 when one finds a fault."""
    unknown = set(wanted) - set(NAMES)
    if unknown:
        print(f"Unknown judges: {', '.join(sorted(unknown))}. There are: {', '.join(NAMES)}.")
        return 2
    chosen = [name for name in NAMES if not wanted or name in wanted]
    total = sum(judged(name, OF_CODE[name]) for name in chosen if name in OF_CODE)
    if set(chosen) - set(OF_CODE):
        total += on_a_site(chosen)
    return 1 if total else 0


def on_a_site(chosen: list[str]) -> int:
    """The judges that look at a running site; returns how many faults they found."""
    total = 0
    with tempfile.TemporaryDirectory(prefix="upr-judges-") as folder:
        site = Site(Path(folder), **NO_LIMITS)
        try:
            with site.as_default_database():
                if set(chosen) & set(OF_PAGES):
                    sessions = {
                        email: site.session_of(User.objects.get(email=email)) if email else None
                        for email in PEOPLE
                    }
                    pages = every_kind(site.url, sessions)
                    print(f"{len(pages)} pages of {len({page.kind for page in pages})} kinds", flush=True)
                for name in chosen:
                    if name in OF_PAGES:
                        more = (tools.from_npm(),) if name in FROM_NPM else ()
                        total += judged(name, OF_PAGES[name], site.url, pages, sessions, *more)
                    elif name in OF_WALLS:
                        total += judged(name, OF_WALLS[name], site)
        finally:
            site.stop()
    return total


def judged(name: str, judge: Callable[..., list[str]], *given: object) -> int:
    """Let one judge look and print what it finds; returns how many faults that is."""
    began = time.monotonic()
    faults = judge(*given)
    print(f"{name}: {len(faults)} faults in {time.monotonic() - began:.0f} s", flush=True)
    for fault in faults:
        print(f"  {fault}", flush=True)
    return len(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
