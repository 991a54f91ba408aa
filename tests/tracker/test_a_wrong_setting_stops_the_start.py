"""Settings are read once, at the start; what is missing or wrong is said there in one sentence."""

import os
import subprocess
import sys

import pyrage
import pytest
from django.conf import settings

from tracker import addresses, secret_key
from tracker.environment import Environment, SettingError

LONG_KEY = "k9Xw2LpQ7vB4mZ8tR1yC6nH3jD5sF0gAeUiOoPaSdFgHjKlQwErTy"
PRODUCTION = {
    "TRACKER_ENV": "production",
    "SECRET_KEY": LONG_KEY,
    "ALLOWED_HOSTS": "tracker.example",
    "SITE_URL": "https://tracker.example",
    "VAULT_KEY": str(pyrage.x25519.Identity.generate()),
}


def start(folder, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python as a deployment would: nothing in the environment but what is given."""
    bare = {"PATH": os.environ["PATH"], "HOME": str(folder), "DATA_DIR": str(folder)}
    return subprocess.run(
        [sys.executable, *command],
        cwd=settings.BASE_DIR,
        env=bare | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"PORT": "eighty"}, "PORT: the value is not usable; it takes a whole number from 1 to 65535."),
        ({"PORT": "70000"}, "PORT: the value is not usable"),
        ({"DEBUG": "perhaps"}, "DEBUG: the value is not usable; it takes 1 or 0."),
        (
            {"TRACKER_ENV": "staging"},
            "TRACKER_ENV: the value is not usable; it takes local or production or test.",
        ),
        ({"DATABASE_URL": "mysql://db/x"}, "DATABASE_URL: the value is not usable"),
        ({"DATABASE_URL": "postgres://db.example"}, "DATABASE_URL: the address names no database"),
        ({"EMAIL_URL": "smtp://"}, "EMAIL_URL: the address names no mail server"),
        ({"UPLOAD_KINDS": "pdf,exe"}, "UPLOAD_KINDS: the value is not usable"),
        ({"TIME_ZONE": "Asia/Nowhere"}, "TIME_ZONE: there is no such time zone"),
        (PRODUCTION | {"SECRET_KEY": ""}, "SECRET_KEY is missing"),
        (PRODUCTION | {"SECRET_KEY": "short"}, "SECRET_KEY is too easy to guess"),
        (PRODUCTION | {"DEBUG": "1"}, "DEBUG must be off in production"),
        (PRODUCTION | {"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is missing"),
        (PRODUCTION | {"VAULT_KEY": ""}, "VAULT_KEY_FILE is missing"),
        (PRODUCTION | {"VAULT_KEY": "AGE-SECRET-KEY-1NONE"}, "The vault's key is not usable"),
        (PRODUCTION | {"SITE_URL": "http://tracker.example"}, "SITE_URL is missing or not https"),
    ],
)
def test_it_is_said_in_one_sentence_without_a_traceback(tmp_path, wrong, sentence) -> None:
    ended = start(tmp_path, "manage.py", "check", **wrong)

    assert ended.returncode == 1
    assert ended.stderr.startswith(sentence)
    assert ended.stderr.strip().count("\n") == 0


def test_a_wrong_value_is_not_repeated_because_it_may_hold_a_password() -> None:
    env = Environment({"DATABASE_URL": "postgress://me:hunter2@db/x"})

    with pytest.raises(SettingError) as refused:
        env.url("DATABASE_URL", "", addresses.DATABASES, help="")

    assert "hunter2" not in str(refused.value)


def test_a_data_folder_that_cannot_be_made_is_said_in_one_sentence(tmp_path) -> None:
    (tmp_path / "file").write_text("in the way")

    ended = start(tmp_path, "manage.py", "check", DATA_DIR=str(tmp_path / "file" / "data"))

    assert ended.returncode == 1
    assert "DATA_DIR: the folder" in ended.stderr
    assert "cannot be made" in ended.stderr


def test_the_deployment_check_finds_nothing_under_production_settings(tmp_path) -> None:
    ended = start(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert ended.returncode == 0, ended.stderr


def test_without_any_setting_the_site_makes_its_key_once_for_its_owner_only(tmp_path) -> None:
    command = ("-c", "from tracker.settings import SECRET_KEY; print(SECRET_KEY)")
    first, second = start(tmp_path, *command), start(tmp_path, *command)

    assert len(first.stdout.strip()) >= secret_key.SHORTEST
    assert first.stdout == second.stdout
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_file_of_settings_is_read_and_the_environment_wins(tmp_path) -> None:
    (tmp_path / ".env").write_text("# chosen here\nPORT=8123\nHOST='0.0.0.0'\n")
    command = (
        "-c",
        "from pathlib import Path; from tracker.environment import from_process\n"
        f"env = from_process(Path({str(tmp_path / '.env')!r}))\n"
        "print(env.values['PORT'], env.values['HOST'])",
    )

    assert start(tmp_path, *command).stdout == "8123 0.0.0.0\n"
    assert start(tmp_path, *command, PORT="8456").stdout == "8456 0.0.0.0\n"


def test_a_postgres_address_gives_pool_health_checks_and_limits(tmp_path) -> None:
    described = addresses.database(
        "postgres://me:p%40ss@db.example:6432/tracker?sslmode=require",
        base_dir=tmp_path,
        statement_seconds=10,
        connections=8,
    )

    assert described["PASSWORD"] == "p@ss"
    assert described["PORT"] == 6432
    assert described["CONN_HEALTH_CHECKS"] is True
    assert described["OPTIONS"]["pool"]["max_size"] == 8
    assert described["OPTIONS"]["sslmode"] == "require"
    assert "statement_timeout=10000" in described["OPTIONS"]["options"]
    assert "lock_timeout" in described["OPTIONS"]["options"]


def test_a_folder_with_odd_letters_holds_the_database(tmp_path) -> None:
    folder = tmp_path / "дата #1?"

    ended = start(
        tmp_path,
        "-c",
        "from tracker.settings import DATABASES; print(DATABASES['default']['NAME'])",
        DATA_DIR=str(folder),
        PYTHONIOENCODING="utf-8",
    )

    assert ended.stdout.strip() == str(folder / "tracker.sqlite3")


def test_the_broker_folder_is_private(tmp_path) -> None:
    options = addresses.broker_options("filesystem://", folder=tmp_path / "broker")

    assert options["data_folder_in"] == options["data_folder_out"]
    assert (tmp_path / "broker" / "queue").stat().st_mode & 0o777 == 0o700


def test_a_local_site_makes_the_key_of_its_vault_once_for_its_owner_only(tmp_path) -> None:
    command = ("-c", "from tracker.settings import VAULT_KEY_FILE; print(open(VAULT_KEY_FILE).read())")
    first, second = start(tmp_path, *command), start(tmp_path, *command)

    assert "AGE-SECRET-KEY-1" in first.stdout
    assert first.stdout == second.stdout
    assert (tmp_path / "keys" / "vault.key").stat().st_mode & 0o777 == 0o600


def test_a_site_that_has_sealed_something_gets_no_new_key_and_does_not_start_without_its_own(
    tmp_path,
) -> None:
    sealed = tmp_path / "evidence" / "ab" / "one"
    sealed.parent.mkdir(parents=True)
    sealed.write_bytes(b"age-encryption.org/v1\n")

    for command in (("-m", "tracker.prepare"), ("-m", "tracker.part", "web")):
        ended = start(tmp_path, *command)

        assert ended.returncode == 1
        assert "The vault's key is missing" in ended.stderr
        assert "restore_keys" in ended.stderr
        assert not (tmp_path / "keys").exists()
