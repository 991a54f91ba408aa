"""Writes `.env.example` and `docs/settings.md` from the declarations in tracker/choices.py.

``python -m tracker.settings_page`` writes them; with ``--check`` it only compares them, as `make check` does.
"""

import sys
from collections.abc import Iterable

from tracker import choices
from tracker.environment import Declaration


def example_file(declared: Iterable[Declaration]) -> str:
    """The text of `.env.example`."""
    blocks = ["# Copy to .env and change what you need. Written by `python -m tracker.settings_page`.\n"]
    for setting in declared:
        plain = f"{setting.help} Takes {setting.takes}; default: {setting.default}.".replace("`", "")
        blocks.append(f"# {plain}\n# {setting.name}=\n")
    return "\n".join(blocks)


def settings_page(declared: Iterable[Declaration]) -> str:
    """The text of `docs/settings.md`."""
    rows = "".join(f"| `{s.name}` | {s.help} | {s.takes} | {s.default} |\n" for s in declared)
    return (
        "# Settings\n\n"
        "A deployment is configured by environment variables, or by lines `NAME=value` in a file `.env` beside\n"
        "`manage.py`; the environment wins. A missing or wrong value stops the start with one sentence. This page is\n"
        "written from `tracker/choices.py` by `python -m tracker.settings_page`.\n\n"
        "| name | what it is for | takes | default |\n|---|---|---|---|\n" + rows
    )


def main(arguments: list[str]) -> int:
    """Write the two files that describe the settings, or with ``--check`` say which of them is out of date."""
    declared = choices.env.declared.values()
    texts = {
        choices.BASE_DIR / ".env.example": example_file(declared),
        choices.BASE_DIR / "docs" / "settings.md": settings_page(declared),
    }
    stale = [
        path for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if "--check" not in arguments:
        for path in stale:
            path.write_text(texts[path], encoding="utf-8")
        return 0
    for path in stale:
        print(f"{path.relative_to(choices.BASE_DIR)} is out of date: run python -m tracker.settings_page")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
