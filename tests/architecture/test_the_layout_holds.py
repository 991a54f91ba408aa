"""What import-linter cannot see: relations written as strings, sizes of modules, imports hidden in functions."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Model

BASE = Path(settings.BASE_DIR)
SOCKETS = ("models.py", "tasks.py", "urls.py", "admin.py")
MOST_LINES = 400
MOST_LINES_OF_A_SOCKET = 40


def lines_of_the_house() -> dict[str, int]:
    """Each capability with the number of its line, counted from the bottom."""
    contracts = tomllib.loads((BASE / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    found = {}
    for number, layer in enumerate(reversed(layers)):
        for room in layer.replace("|", ":").split(":"):
            found[room.strip().strip("()")] = number
    return found


LINES = lines_of_the_house()


def capability_of(model: type[Model]) -> str:
    return ".".join(model.__module__.split(".")[:2])


def modules() -> Iterator[Path]:
    for folder in ("tracker", "recommendations"):
        for path in sorted((BASE / folder).rglob("*.py")):
            if "migrations" not in path.parts and "vendor" not in path.parts:
                yield path


def test_no_model_is_related_to_one_of_a_higher_line() -> None:
    wrong = []
    for model in apps.get_app_config("recommendations").get_models():
        for field in model._meta.get_fields(include_hidden=False):
            target = field.related_model
            own = not field.auto_created or field.concrete
            if not own or target is None or target._meta.app_label != "recommendations":
                continue
            if target._meta.label == settings.AUTH_USER_MODEL:
                continue
            mine, other = capability_of(model), capability_of(target)
            if mine != other and LINES[other] >= LINES[mine]:
                wrong.append(f"{model._meta.label}.{field.name} → {target._meta.label}")
    assert not wrong


def test_every_capability_has_its_line() -> None:
    rooms = {
        f"recommendations.{path.parent.name}"
        for path in (BASE / "recommendations").glob("*/__init__.py")
        if path.parent.name not in {"migrations", "templatetags"}
    }
    assert rooms <= set(LINES)


@pytest.mark.parametrize("name", SOCKETS)
def test_a_socket_of_django_is_an_index_and_no_more(name: str) -> None:
    assert len((BASE / "recommendations" / name).read_text().splitlines()) < MOST_LINES_OF_A_SOCKET


def test_a_reader_does_not_lose_the_room_in_a_module() -> None:
    long = {
        str(path.relative_to(BASE)): size
        for path in modules()
        if (size := len(path.read_text().splitlines())) > MOST_LINES
    }
    assert not long


def test_every_module_says_in_a_sentence_what_it_answers_for() -> None:
    silent = [
        str(path.relative_to(BASE))
        for path in modules()
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert not silent


def test_no_import_hides_in_a_function() -> None:
    hidden = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inside = [part for part in ast.walk(node) if isinstance(part, ast.Import | ast.ImportFrom)]
                hidden += [f"{path.relative_to(BASE)}:{part.lineno}" for part in inside]
    assert not hidden
