"""The data dictionary of a dump: each table and column with its type and meaning, for machines and for people."""

from __future__ import annotations

import inspect
import io
import tokenize
from collections.abc import Iterator
from typing import Any

from django.db import models
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst

from recommendations.exports.everything.files import STORED
from recommendations.exports.everything.tables import AUDIT, Column, Table, tables

TYPES = {
    "integer": "a whole number",
    "number": "a number",
    "decimal": "a number to be taken exactly, as text with a point: 10661.0000",
    "text": "text; in CSV a text that a spreadsheet program would take for a formula has one apostrophe before it",
    "boolean": "true or false",
    "date": "a day: 2019-11-07",
    "moment": "a moment in UTC to the microsecond: 2019-11-07T09:30:00.000000+00:00",
    "time": "a time of day: 09:30:00",
    "uuid": "a UUID as text",
    "json": "a JSON value: itself in JSON lines, its text in CSV",
}


def data_dictionary() -> dict[str, Any]:
    """The dictionary as JSON holds it, in English."""
    with translation.override("en"):
        return {"types": TYPES, "tables": [_table(table) for table in tables()]}


def page(dictionary: dict[str, Any]) -> str:
    """The dictionary as a page that needs nothing but a browser."""
    types = format_html_join("", "<dt><code>{}</code></dt><dd>{}</dd>", dictionary["types"].items())
    contents = format_html_join(
        "",
        '<li><a href="#{}">{}</a></li>',
        ((table["table"], table["table"]) for table in dictionary["tables"]),
    )
    return format_html(
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Data dictionary</title>'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"></head>'
        "<body><h1>Data dictionary</h1><p>Each table is a file of JSON lines and a file of CSV of its name in "
        "<code>tables/</code>.</p><h2>Types</h2><dl>{}</dl><h2>Tables</h2><ul>{}</ul>{}</body></html>\n",
        types,
        contents,
        format_html_join("\n", "{}", ((_section(table),) for table in dictionary["tables"])),
    )


def _section(table: dict[str, Any]) -> str:
    rows = format_html_join(
        "",
        '<tr><th scope="row"><code>{}</code></th><td>{}</td><td>{}</td></tr>',
        ((column["name"], _kind(column), _words(column)) for column in table["columns"]),
    )
    files = ""
    if "files" in table:
        files = format_html(
            "<p>The files lie in <code>{folder}</code>, by <code>{path}</code>.</p>", **table["files"]
        )
    return format_html(
        '<section id="{}"><h3><code>{}</code></h3><p>{}</p>{}<table border="1"><thead><tr><th scope="col">Column</th>'
        '<th scope="col">Type</th><th scope="col">Meaning</th></tr></thead><tbody>{}</tbody></table></section>',
        table["table"],
        table["table"],
        table["meaning"],
        files,
        rows,
    )


def _kind(column: dict[str, Any]) -> str:
    most = f", at most {column['max_length']} signs" if "max_length" in column else ""
    return f"{column['type']}{most}{', may be empty' if column['nullable'] else ''}"


def _words(column: dict[str, Any]) -> str:
    words = format_html("{}", column["meaning"])
    if "references" in column:
        words += format_html(
            ' A row of <a href="#{}">{}</a>.', column["references"]["table"], column["references"]["table"]
        )
    if "choices" in column:
        listed = format_html_join("; ", "<code>{}</code> {}", column["choices"].items())
        words += format_html(" One of: {}.", listed)
    return words


def _table(table: Table) -> dict[str, Any]:
    comments = dict(_comments(table.model))
    found: dict[str, Any] = {
        "table": table.name,
        "model": table.model._meta.label,
        "meaning": _meaning(table.model),
        "key": table.key,
        "columns": [_column(column, comments.get(column.field.name, "")) for column in table.columns],
    }
    if table.model in AUDIT:
        found["audit"] = AUDIT[table.model]
    if table.model in STORED:
        kept = STORED[table.model]
        found["files"] = {"folder": kept.into, "path": kept.path, "sha256": kept.sha256}
    return found


def _meaning(model: type[models.Model]) -> str:
    """The model's own words; of a table that joins two others, which these are."""
    if model._meta.auto_created:
        one, other = (
            field.related_model._meta.verbose_name_plural
            for field in model._meta.concrete_fields
            if field.related_model is not None
        )
        return f"Which {other} belong to which {one}."
    words = inspect.getdoc(model) or ""
    # Django writes Model(field, …) where nobody wrote anything.
    return capfirst(str(model._meta.verbose_name)) if words.startswith(f"{model.__name__}(") else words


def _column(column: Column, comment: str) -> dict[str, Any]:
    field = column.field
    said = [capfirst(str(field.verbose_name)), str(field.help_text).strip(), comment]
    found: dict[str, Any] = {
        "name": column.name,
        "type": column.kind,
        "meaning": ". ".join(part.rstrip(".") for part in said if part) + ".",
        "nullable": field.null,
        "unique": field.unique,
    }
    if field.max_length:
        found["max_length"] = field.max_length
    if field.choices:
        found["choices"] = {str(code): str(label) for code, label in field.flatchoices}
    if isinstance(field, models.ForeignKey):
        target = field.target_field
        found["references"] = {"table": target.model._meta.db_table, "column": target.column}
    return found


def _comments(model: type[models.Model]) -> Iterator[tuple[str, str]]:
    """What the code says of a field in the lines above it: the reasons that no label has room for."""
    for owner in reversed(model.__mro__):
        if not (isinstance(owner, type) and issubclass(owner, models.Model)) or owner is models.Model:
            continue
        try:
            source = inspect.getsource(owner)
        except (OSError, TypeError):
            continue
        above: list[str] = []
        line: list[tokenize.TokenInfo] = []
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT and not line and "Translators:" not in token.string:
                above.append(token.string.lstrip("# "))
            elif token.type == tokenize.NEWLINE:
                name = line[0].string if line else ""
                if above and any(field.name == name for field in owner._meta.get_fields(False)):
                    yield name, " ".join(above)
                above, line = [], []
            elif token.type not in (tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT):
                line.append(token)
