"""A backup is one sealed file that holds no clear text and no key; restored elsewhere, people sign in and read."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pyrage
import pytest
from django.conf import settings
from django.db import connection
from psycopg import sql

CANARY = b"kingfisher"
FILL = """
from django.core.files.base import ContentFile
from recommendations.evidence import vault
from recommendations.formats import kinds
from tests.evidence import samples
from tests.factories import make_evidence, make_person
person = make_person(email="aigul@example.org")
person.set_password("follow the recommendations")
person.save()
item = make_evidence(person, title="Testimony 4", confidentiality="restricted", description="kingfisher told it",
                     source={"publisher": "The kingfisher office"})
upload = ContentFile(samples.png() + b"kingfisher", name="kingfisher.png")
upload.recognised = kinds.PNG
vault.receive_file(item, upload=upload, by=person)
from recommendations.audit.anchors import make_anchor
assert make_anchor()
"""
READ = """
from django.test import Client
browser = Client(headers={"host": "localhost"})
sent = {"login": "aigul@example.org", "password": "follow the recommendations"}
print(browser.post("/accounts/login/", sent).status_code)
page = browser.get("/evidence/E-1/")
print(page.status_code, "kingfisher told it" in page.content.decode())
from recommendations.evidence.models import EvidenceFile
file = browser.get(f"/evidence/files/{EvidenceFile.objects.get().pk}/")
print(b"".join(file.streaming_content).endswith(b"kingfisher"))
"""


class Site:
    """A site in a folder of its own, spoken to by commands."""

    def __init__(self, folder: Path, database: str, **environment: str) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TRACKER_ENV": "local",
            "DATA_DIR": str(folder),
            "DATABASE_URL": database,
        } | environment

    def manage(self, *arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=self.environment | {"DJANGO_SETTINGS_MODULE": "tracker.settings"},
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )

    def shell(self, program: str) -> str:
        done = self.manage("shell", "--verbosity=0", "--command", program)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def databases() -> Iterator[tuple[str, ...]]:
    """Four empty databases of the kind the suite runs on."""
    if connection.vendor == "sqlite":
        yield "", "", "", ""
        return
    described = connection.settings_dict
    secret = f":{quote(described['PASSWORD'])}" if described["PASSWORD"] else ""
    server = f"postgres://{described['USER']}{secret}@{described['HOST']}:{described['PORT'] or 5432}"
    names = [f"test_upr_backup_{os.getpid()}_{number}" for number in range(4)]
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        for name in names:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield tuple(f"{server}/{name}" for name in names)
        for name in names:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="module")
def backup_key() -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.generate()


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory, databases, backup_key) -> tuple[Site, Path]:
    """A site with a restricted item, and its backup."""
    folder = tmp_path_factory.mktemp("backup")
    site = Site(folder / "site", databases[0], BACKUP_RECIPIENT=str(backup_key.to_public()))
    done = site.manage("migrate", "--verbosity=0")
    assert done.returncode == 0, done.stderr
    site.manage("createcachetable")
    site.shell(FILL)
    kept = folder / "kept.age"
    done = site.manage("backup", f"--output={kept}")
    assert done.returncode == 0, done.stderr
    assert "3 files, and no key" in done.stdout
    return site, kept


def test_nothing_of_a_restricted_item_lies_in_clear_on_the_disk_nor_in_the_backup(backed_up) -> None:
    site, kept = backed_up
    files = [path for path in (*site.folder.rglob("*"), kept) if path.is_file()]
    assert any(path.name == "tracker.sqlite3" for path in files) or connection.vendor != "sqlite"
    assert [path for path in files if CANARY in path.read_bytes()] == []


def test_even_opened_the_backup_holds_neither_the_words_nor_a_key(backed_up, backup_key) -> None:
    site, kept = backed_up
    opened = pyrage.decrypt(kept.read_bytes(), [backup_key])
    key = (site.folder / "keys" / "vault.key").read_text().split()[-1]
    assert b"manifest.json" in opened
    assert CANARY not in opened
    assert key.encode() not in opened
    assert b"AGE-SECRET-KEY" not in opened
    signing = (site.folder / "keys" / "anchor.key").read_text().strip()
    assert signing.encode() not in opened


def test_the_log_s_anchors_go_along_and_are_followed_where_their_key_is_not(
    backed_up, databases, backup_key, tmp_path
) -> None:
    site, kept = backed_up
    anchors = Path("anchors") / "anchors.jsonl"
    with tarfile.open(fileobj=io.BytesIO(pyrage.decrypt(kept.read_bytes(), [backup_key]))) as archive:
        assert archive.extractfile(str(anchors)).read() == (site.folder / anchors).read_bytes()
    keys = tmp_path / "vault.key"
    shutil.copy(site.folder / "keys" / "vault.key", keys)
    other = Site(tmp_path / "other", databases[3], VAULT_KEY_FILE=str(keys), DEBUG="1")
    done = other.manage("restore", str(kept), text=f"{backup_key}\n")
    assert done.returncode == 0, done.stderr
    assert not (other.folder / "keys" / "anchor.key").exists()
    assert "The log is whole" in other.manage("verify_audit").stdout
    there = other.folder / anchors
    there.write_text(there.read_text().replace('"number":', '"number":1'))
    assert "its signature is not that of the key" in other.manage("verify_audit").stdout


def test_restored_into_an_empty_place_all_is_verified_and_people_sign_in(
    backed_up, databases, backup_key, tmp_path
) -> None:
    site, kept = backed_up
    keys = tmp_path / "vault.key"
    shutil.copy(site.folder / "keys" / "vault.key", keys)
    # DEBUG only spares the collecting of static files.
    other = Site(tmp_path / "other", databases[1], VAULT_KEY_FILE=str(keys), DEBUG="1")
    done = other.manage("restore", str(kept), text=f"{backup_key}\n")
    assert done.returncode == 0, done.stderr
    assert "The chain of the log is whole." in done.stdout
    assert "1 files of evidence open" in done.stdout
    assert other.shell(READ).split("\n")[:3] == ["302", "200 True", "True"]

    again = other.manage("restore", str(kept), text=f"{backup_key}\n")
    assert again.returncode == 1
    assert "an empty place. Nothing was changed." in again.stderr


def test_another_key_and_a_backup_that_was_changed_or_cut_off_are_refused(
    backed_up, databases, backup_key, tmp_path
) -> None:
    _site, kept = backed_up
    content = kept.read_bytes()
    flipped = bytearray(content)
    flipped[len(flipped) // 2] ^= 1
    cases = {
        "other": (content, pyrage.x25519.Identity.generate(), "This key does not open"),
        "flipped": (bytes(flipped), backup_key, "damaged or cut off"),
        "cut": (content[: len(content) // 2], backup_key, "damaged or cut off"),
    }
    for name, (bytes_kept, key, sentence) in cases.items():
        file = tmp_path / f"{name}.age"
        file.write_bytes(bytes_kept)
        elsewhere = Site(tmp_path / name, databases[2])
        done = elsewhere.manage("restore", str(file), text=f"{key}\n")
        assert (done.returncode, sentence in done.stderr, "Traceback" in done.stderr) == (1, True, False)


def test_without_a_backup_key_it_is_said_how_to_come_by_one(tmp_path) -> None:
    done = Site(tmp_path / "site", "").manage("backup", f"--output={tmp_path / 'kept.age'}")
    assert done.returncode == 1
    assert "make_custodian_sheets" in done.stderr
    assert not (tmp_path / "kept.age").exists()
