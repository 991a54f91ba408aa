"""What a person reads of the Python code (labels, hints, messages, refusals) goes through gettext."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

BASE = Path(settings.BASE_DIR)
SHOWN_ARGUMENTS = {
    "label",
    "help_text",
    "verbose_name",
    "verbose_name_plural",
    "empty_label",
    "violation_error_message",
    "called",
}
SHOWN_BY = {"ValidationError", "success", "error", "warning", "info", "Refusal"}
LOGGERS = {"logger", "log", "logging"}
MODULES = [
    path
    for path in sorted((BASE / "recommendations").rglob("*.py"))
    if not {"migrations", "commands"} & set(path.parts)
]


def plain_words(node: ast.AST) -> bool:
    """Whether this is a text written there, with a word in it."""
    if isinstance(node, ast.JoinedStr):
        return any(plain_words(part) for part in node.values)
    return (
        isinstance(node, ast.Constant) and isinstance(node.value, str) and any(map(str.isalpha, node.value))
    )


def unmarked(source: str) -> list[str]:
    """The texts of a module that a person would see untranslated, each with its line."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        shown = [keyword.value for keyword in node.keywords if keyword.arg in SHOWN_ARGUMENTS]
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        owner = getattr(node.func.value, "id", "") if isinstance(node.func, ast.Attribute) else ""
        if name in SHOWN_BY and owner not in LOGGERS:
            shown += node.args
        found += [f"line {text.lineno}: {ast.unparse(text)}" for text in shown if plain_words(text)]
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(BASE)))
def test_nothing_shown_is_left_untranslated(path: Path) -> None:
    assert unmarked(path.read_text()) == []


def test_the_finder_finds_what_is_not_marked() -> None:
    source = (
        'CharField(label="Title", help_text=_("Hint"))\n'
        'messages.success(request, "Saved")\n'
        'raise ValidationError(f"Row {number}")\n'
        'logger.warning("for the log")\n'
    )

    assert [line.partition(":")[0] for line in unmarked(source)] == ["line 1", "line 2", "line 3"]
