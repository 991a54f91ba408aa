"""The site's settings for the test suite: data in a folder of its own, and nothing that only costs time."""

import atexit
import os
import shutil
import tempfile

os.environ["TRACKER_ENV"] = "test"
if "PYTEST_XDIST_WORKER" in os.environ:
    # One of several processes of a run: a folder inside the one that the run removes at its end.
    _folder = tempfile.mkdtemp(dir=os.environ["DATA_DIR"])
else:
    _folder = tempfile.mkdtemp(prefix="upr-tests-")
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["DATA_DIR"] = _folder

from tracker.settings import *  # noqa: F403
from tracker.settings import DATA_DIR, DATABASES

if "sqlite" in DATABASES["default"]["ENGINE"]:
    # A file, not memory: tests with several threads meet the locks of the real thing. Only the waiting for the disk
    # is left out.
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
else:
    # Several runs at once do not meet; without the pool every thread of a test has its own connection.
    DATABASES["default"]["TEST"] = {"NAME": f"test_upr_{os.getpid()}"}
    DATABASES["default"]["OPTIONS"].pop("pool")

# The same format as the site's own hashes, so that the site accepts the passwords of people a test has made.
PASSWORD_HASHERS = ["tests.hashers.QuickHasher"]
