"""An upgrade that fails leaves the site as it was: rows, tables, files, migrations."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg import sql

READ = """
import json
from django.db import connection
from recommendations.organisations.models import Organisation
with connection.cursor() as cursor:
    cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
    applied = cursor.fetchall()
print(json.dumps({
    "organisations": list(Organisation.objects.values_list("name", flat=True)),
    "tables": sorted(connection.introspection.table_names()),
    "applied": [list(row) for row in applied],
}))
"""
WRITE = """
from recommendations.organisations.models import Organisation
Organisation.objects.create(name="As it was", short_name="AIW")
"""


class Deployment:
    """A site in a folder of its own, spoken to by commands."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TRACKER_ENV": "local",
            "DATA_DIR": str(folder),
            "DATABASE_URL": database,
        }

    def manage(self, *arguments: str, site: str = "tracker.settings") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=self.environment | {"DJANGO_SETTINGS_MODULE": site},
            capture_output=True,
            text=True,
            check=False,
        )

    def state(self) -> dict:
        done = self.manage("shell", "--verbosity=0", "--command", READ)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """A database of the kind the suite runs on."""
    if connection.vendor == "sqlite":
        yield ""
        return
    described = connection.settings_dict
    secret = f":{quote(described['PASSWORD'])}" if described["PASSWORD"] else ""
    server = f"postgres://{described['USER']}{secret}@{described['HOST']}:{described['PORT'] or 5432}"
    name = f"test_upr_upgrade_{os.getpid()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield f"{server}/{name}"
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="module")
def site(tmp_path_factory, database) -> Deployment:
    folder = tmp_path_factory.mktemp("site")
    made = Deployment(folder, database)
    first = made.manage("upgrade_site")
    assert first.returncode == 0, first.stderr
    assert f"The site has version {settings.VERSION}." in first.stdout
    assert made.manage("shell", "--verbosity=0", "--command", WRITE).returncode == 0
    (folder / "uploads").mkdir(exist_ok=True)
    (folder / "uploads" / "evidence").write_bytes(b"as received")
    return made


def test_a_migration_that_fails_leaves_the_site_as_it_was(site):
    before = site.state()
    assert before["organisations"] == ["As it was"]
    failed = site.manage("upgrade_site", site="tests.tracker.upgrading.settings")
    assert failed.returncode == 1
    assert "an invented fault" in failed.stderr
    assert "The site is as it was before." in failed.stderr
    assert site.state() == before
    again = site.manage("upgrade_site")
    assert again.returncode == 0, again.stderr
    assert "0 migrations" in again.stdout


def test_a_backup_brings_back_rows_and_files_and_is_the_owners_only(site):
    done = site.manage("upgrade_site", "--backup")
    folder = Path(done.stdout.partition("Backup in ")[2].splitlines()[0])
    assert folder.stat().st_mode & 0o077 == 0
    remove = "from recommendations.organisations.models import Organisation as O; O.objects.all().delete()"
    assert site.manage("shell", "--verbosity=0", "--command", remove).returncode == 0
    (site.folder / "uploads" / "evidence").unlink()
    assert site.state()["organisations"] == []
    back = site.manage("upgrade_site", "--restore", str(folder))
    assert back.returncode == 0, back.stderr
    assert site.state()["organisations"] == ["As it was"]
    assert (site.folder / "uploads" / "evidence").read_bytes() == b"as received"


def test_a_site_at_work_is_not_upgraded(site):
    seen = "from recommendations.jobs.models import Heartbeat as H; H.objects.create(part='beat', name='x')"
    assert site.manage("shell", "--verbosity=0", "--command", seen).returncode == 0
    refused = site.manage("upgrade_site", site="tests.tracker.upgrading.settings")
    assert refused.returncode == 1
    assert "The clock is at work: stop the site first" in refused.stderr
    gone = "from recommendations.jobs.models import Heartbeat as H; H.objects.all().delete()"
    assert site.manage("shell", "--verbosity=0", "--command", gone).returncode == 0


def test_what_is_no_backup_is_refused_in_a_sentence(site, tmp_path):
    refused = site.manage("upgrade_site", "--restore", str(tmp_path))
    assert refused.returncode == 1
    assert "holds no finished backup" in refused.stderr
