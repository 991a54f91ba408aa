"""Two of three custodians give the keys back from what is printed; one alone, or two that do not fit, give nothing."""

from __future__ import annotations

import builtins
import re
from itertools import permutations
from pathlib import Path

import pyrage
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from recommendations.formats import sealing
from recommendations.vocabulary import Role
from tests.factories import make_person
from tracker import archive, custody


@pytest.fixture(autouse=True)
def data(tmp_path, settings) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    return settings.DATA_DIR


def printed(folder: Path, number: int, key: str) -> str:
    """The words that stand on a printed sheet for this key."""
    page = (folder / f"sheet-{number}.html").read_text()
    section = next(part for part in page.split("<section>") if f"<h2>{key}</h2>" in part)
    return " ".join(re.findall(r"<kbd>(\w+)</kbd>", section))


def type_in(monkeypatch, *lines: str) -> None:
    waiting = iter(lines)
    monkeypatch.setattr(builtins, "input", lambda _question="": next(waiting))


@given(st.binary(min_size=32, max_size=32))
def test_a_key_is_its_bytes_and_its_bytes_are_the_key(secret) -> None:
    written = custody.identity_of(secret)
    assert custody.secret_of(written) == secret
    assert str(pyrage.x25519.Identity.from_str(written)) == written


def test_any_two_sheets_give_both_keys_back_as_they_are_printed(tmp_path, monkeypatch) -> None:
    folder = tmp_path / "stick"
    call_command("make_custodian_sheets", f"--output={folder}")
    for first, second in permutations((1, 2, 3), 2):
        for key in custody.KEYS:
            target = tmp_path / f"{key}-{first}-{second}.key"
            type_in(monkeypatch, printed(folder, first, key), printed(folder, second, key).upper() + "  ")
            call_command("restore_keys", f"--key={key}", f"--output={target}")
            given_back = target.read_text().split()[-1]
            expected = sealing.keyring().public[0] if key == "vault" else str(archive.recipient())
            assert custody.public(given_back) == expected
            assert target.stat().st_mode & 0o777 == 0o600


def test_no_sheet_and_nothing_on_the_server_holds_the_backup_key(tmp_path, data) -> None:
    folder = tmp_path / "stick"
    call_command("make_custodian_sheets", f"--output={folder}")
    everything = b"".join(
        path.read_bytes() for path in (*folder.iterdir(), *data.rglob("*")) if path.is_file()
    )
    assert b"AGE-SECRET-KEY" not in everything
    assert (data / archive.RECIPIENT_FILE).read_text().startswith("age1")


def test_a_sheet_says_in_three_languages_what_to_do(tmp_path) -> None:
    folder = tmp_path / "stick"
    call_command("make_custodian_sheets", f"--output={folder}")
    page = (folder / "sheet-1.html").read_text()
    for language in ("en", "ru", "kk"):
        assert f'<section lang="{language}">' in page
    assert page.count("manage.py restore_keys") == 3


def test_the_same_share_twice_a_wrong_word_and_shares_of_two_keys_give_nothing(tmp_path, monkeypatch) -> None:
    folder = tmp_path / "stick"
    call_command("make_custodian_sheets", f"--output={folder}")
    good, other = printed(folder, 1, "vault"), printed(folder, 2, "backup")
    wrong = " ".join(["academic" if good.split()[5] != "academic" else "acid", *good.split()[1:]])
    for lines, sentence in (
        ((good, good), "same share"),
        ((wrong, printed(folder, 2, "vault")), "not as it was printed"),
        ((good, other), "do not belong together"),
    ):
        type_in(monkeypatch, *lines)
        with pytest.raises(CommandError, match=sentence):
            call_command("restore_keys", "--key=vault", f"--output={tmp_path / 'x.key'}")
        assert not (tmp_path / "x.key").exists()


def test_the_drill_proves_both_keys_and_keeps_the_day(tmp_path, monkeypatch, capsys) -> None:
    folder = tmp_path / "stick"
    call_command("make_custodian_sheets", f"--output={folder}")
    type_in(monkeypatch, *(printed(folder, number, key) for key in custody.KEYS for number in (3, 1)))
    call_command("key_drill")
    assert capsys.readouterr().out.count("opens") == 2
    assert set(custody.drills_held()) == set(custody.KEYS)


def test_the_drill_tells_sheets_of_a_key_that_is_no_longer_used(tmp_path, monkeypatch) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    call_command("make_custodian_sheets", f"--output={old}")
    call_command("make_custodian_sheets", f"--output={new}")
    type_in(
        monkeypatch,
        *(printed(new, number, "vault") for number in (1, 2)),
        *(printed(old, number, "backup") for number in (1, 2)),
    )
    with pytest.raises(CommandError, match="not the one that is used now"):
        call_command("key_drill")


def test_sheets_are_not_written_into_the_data_folder(data) -> None:
    with pytest.raises(CommandError, match="outside DATA_DIR"):
        call_command("make_custodian_sheets", f"--output={data / 'sheets'}")


@pytest.mark.django_db
def test_the_state_of_the_site_says_when_the_keys_were_last_proven(client) -> None:
    client.force_login(make_person(Role.ADMINISTRATOR))
    page = client.get("/status/").content.decode()
    assert "never proven" in page
    custody.note_drill("vault")
    assert custody.drills_held()["vault"] in client.get("/status/").content.decode()
