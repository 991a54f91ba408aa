"""Reads the settings of a deployment from the environment, and stops the start with a sentence when one is wrong.

Every setting is declared once, in choices.py, by a call such as ``env.number("PORT", 8000, help="…")``. The call
reads and checks the value and remembers the declaration, from which settings_page.py writes what people read.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

T = TypeVar("T")


class SettingError(SystemExit):
    """A setting is missing or wrong. Ends the process with its sentence, without a traceback."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """One setting as people read about it: its name, what values it takes, its default in words, what it is for."""

    name: str
    takes: str
    default: str
    help: str


class Environment:
    """Settings from a mapping of strings; an empty string counts as not set."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = {name: value.strip() for name, value in values.items() if value.strip()}
        self.declared: dict[str, Declaration] = {}

    def text(
        self, name: str, default: str = "", *, help: str, takes: str = "text", shown: str | None = None
    ) -> str:
        """A text. `shown` is the default in words where the value itself would say little."""
        return self._read(name, default, str, takes=takes, shown=shown, help=help)

    def choice(self, name: str, default: str, choices: Iterable[str], *, help: str) -> str:
        """One of a few words."""
        words = tuple(choices)

        def one_of(value: str) -> str:
            if value not in words:
                raise ValueError
            return value

        return self._read(name, default, one_of, takes=" or ".join(f"`{word}`" for word in words), help=help)

    def flag(self, name: str, default: bool, *, help: str) -> bool:
        """On or off, as 1/0, true/false, yes/no, on/off."""

        def on_or_off(value: str) -> bool:
            word = value.lower()
            if word not in {"1", "true", "yes", "on", "0", "false", "no", "off"}:
                raise ValueError
            return word in {"1", "true", "yes", "on"}

        return self._read(name, default, on_or_off, takes="`1` or `0`", shown=f"`{default:d}`", help=help)

    def number(self, name: str, default: int, *, help: str, least: int = 0, most: int = 10**9) -> int:
        """A whole number between two limits, both allowed."""

        def in_limits(value: str) -> int:
            number = int(value)
            if not least <= number <= most:
                raise ValueError
            return number

        takes = f"a whole number from {least}" + (f" to {most}" if most < 10**9 else "")
        return self._read(name, default, in_limits, takes=takes, help=help)

    def words(
        self,
        name: str,
        default: Iterable[str] = (),
        *,
        help: str,
        choices: Iterable[str] | None = None,
        shown: str | None = None,
    ) -> list[str]:
        """Several words with commas between them, if `choices` is given only of those."""
        allowed = None if choices is None else tuple(choices)
        preset = list(default)

        def listed(value: str) -> list[str]:
            words = [word.strip() for word in value.split(",") if word.strip()]
            if allowed is not None and not set(words) <= set(allowed):
                raise ValueError
            return words

        takes = "words with commas between them"
        if allowed is not None:
            takes += ", of " + ", ".join(f"`{word}`" for word in allowed)
        return self._read(
            name, preset, listed, takes=takes, shown=shown or _code(",".join(preset)), help=help
        )

    def folder(self, name: str, default: Path, *, help: str, shown: str) -> Path:
        """A folder, made if it is missing, readable by its owner only."""
        folder = self._read(
            name, default, lambda value: Path(value).expanduser(), takes="a folder", shown=shown, help=help
        )
        folder = folder.absolute()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise SettingError(f"{name}: the folder {folder} cannot be made: {error.strerror}.") from None
        return folder

    def url(
        self, name: str, default: str, schemes: Iterable[str], *, help: str, shown: str | None = None
    ) -> str:
        """An address whose scheme (what stands before "://") is one of `schemes`."""
        known = tuple(schemes)

        def address(value: str) -> str:
            if urlsplit(value).scheme not in known or "://" not in value:
                raise ValueError
            urlsplit(value).port  # noqa: B018  (raises ValueError where the port is no number)
            return value

        takes = "an address beginning with " + ", ".join(f"`{scheme}://`" for scheme in known)
        return self._read(name, default, address, takes=takes, shown=shown, help=help)

    def _read(
        self,
        name: str,
        default: T,
        convert: Callable[[str], T],
        *,
        takes: str,
        help: str,
        shown: str | None = None,
    ) -> T:
        if name in self.declared:
            raise AssertionError(f"The setting {name} is declared twice.")
        self.declared[name] = Declaration(name, takes, shown or _code(str(default)), help)
        if name not in self.values:
            return default
        try:
            return convert(self.values[name])
        except ValueError:
            # The value itself is not repeated: it may hold a password.
            raise SettingError(
                f"{name}: the value is not usable; it takes {takes.replace('`', '')}."
            ) from None


def from_process(env_file: Path) -> Environment:
    """The process environment on top of the lines ``NAME=value`` of a file, if there is one."""
    values: dict[str, str] = {}
    if os.environ.get("TRACKER_ENV") != "test" and env_file.is_file():
        for line in env_file.read_text(encoding="utf-8").splitlines():
            name, equals, value = line.strip().partition("=")
            if equals and not name.startswith("#"):
                values[name.strip()] = value.strip().strip("\"'")
    return Environment(values | dict(os.environ))


def split_url(url: str) -> tuple[SplitResult, dict[str, str]]:
    """An address in parts (user name, password and path still quoted) and its query as a mapping."""
    parts = urlsplit(url)
    return parts, dict(parse_qsl(parts.query))


def unquoted(part: str | None) -> str:
    """A part of an address as it was meant, without percent signs; nothing becomes the empty text."""
    return unquote(part or "")


def _code(value: str) -> str:
    return f"`{value}`" if value else "none"
