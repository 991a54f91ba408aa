"""The site's settings with the app whose migration fails."""

from tracker.settings import *  # noqa: F403
from tracker.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.tracker.upgrading"]
