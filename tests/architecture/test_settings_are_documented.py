"""The settings in the code, in `.env.example` and in `docs/settings.md` are the same ones, and each is used."""

import re
from pathlib import Path

from django.conf import settings

from tracker import settings_page
from tracker.choices import env

BASE = Path(settings.BASE_DIR)


def test_the_two_files_say_what_the_code_says(capsys) -> None:
    assert settings_page.main(["--check"]) == 0, capsys.readouterr().out


def test_every_setting_is_read_somewhere() -> None:
    choices = (BASE / "tracker" / "choices.py").read_text()
    site = choices + (BASE / "tracker" / "settings.py").read_text()
    code = "\n".join(
        path.read_text()
        for folder in ("tracker", "recommendations")
        for path in (BASE / folder).rglob("*.py")
    )
    unread = []
    for name in env.declared:
        assigned = re.search(rf'^(\w+) = env\.\w+\(\s*"{name}"', choices, re.MULTILINE)
        assert assigned, f"{name} is not assigned in choices.py"
        constant = assigned[1]
        used_in_settings = len(re.findall(rf"\b{constant}\b", site)) > 2 or constant != name
        by_django = constant in {"DEBUG", "ALLOWED_HOSTS", "TIME_ZONE", "LANGUAGE_CODE"}
        if not (used_in_settings or by_django or re.search(rf'settings\.{constant}\b|"{constant}"', code)):
            unread.append(name)
    assert not unread
