"""What a story is made of: runs of text and blocks, as plain objects that JSON can carry to Typst.

A run is {"text", "style", "note", "url", "sign", "to", "lang"}, with only the keys it needs: `style` is "strong",
"quiet" or "title"; `note` an endnote's number; `sign` a rating drawn before the text; `to` the id of an entry.
"""

import re
from collections.abc import Iterable
from typing import Any

from recommendations.documents import words
from recommendations.overview.lines import Narrative

Run = dict[str, Any]
Runs = list[Run]
Block = dict[str, Any]
Story = dict[str, Any]


# What neither XML 1.0 nor a face can carry: control characters, half surrogates, non-characters.
_ILLEGAL = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\\ud800-\\udfff\\ufffe\\uffff]")


def legal(value: Any) -> Any:
    """The same story without signs that no document can hold."""
    if isinstance(value, str):
        return _ILLEGAL.sub("", value)
    if isinstance(value, list):
        return [legal(each) for each in value]
    if isinstance(value, dict):
        return {key: legal(each) for key, each in value.items()}
    return value


def run(text: object, **marks: Any) -> Run:
    """One run of text; `marks` are the keys of a run."""
    return {"text": str(text), **{key: value for key, value in marks.items() if value}}


def plain(text: object) -> Runs:
    """Text without any mark."""
    return [run(text)]


def rating(outcome: str) -> Runs:
    """An outcome as its drawn sign and its word."""
    return [run(words.outcome_word(outcome), sign=outcome)]


def reference(to: str, text: str | None = None) -> Run:
    """A link to the entry of a recommendation in the same document."""
    return run(text or to, to=to)


def joined(items: Iterable[Run], between: str = ", ") -> Runs:
    """Runs with `between` among them."""
    runs: Runs = []
    for item in items:
        if runs:
            runs.append(run(between))
        runs.append(item)
    return runs


def told(narrative: Narrative) -> list[Runs]:
    """A narrative's paragraphs as runs, with citations as endnotes; `after_note` asks for a comma between two."""
    paragraphs = []
    for paragraph in narrative:
        runs: Runs = []
        for segment in paragraph:
            if segment.endnote:
                runs.append(run("", note=segment.endnote, after_note=bool(runs and "note" in runs[-1])))
            else:
                runs.append(run(segment.text))
        paragraphs.append(runs)
    return paragraphs


def in_a_line(narrative: Narrative) -> Runs:
    """A narrative within a line, its paragraphs apart by a blank."""
    line: Runs = []
    for runs in told(narrative):
        line += [*([run(" ")] if line else []), *runs]
    return line


def heading(level: int, text: str, *, new_page: bool = False) -> Block:
    """A heading of level 1 or 2; with `new_page` it opens a page."""
    return {"kind": "heading", "level": level, "text": text, "new_page": new_page}


def para(runs: Runs | str, style: str = "body") -> Block:
    """A paragraph; `style` is "body", "lead", "quiet" or "notice"."""
    return {"kind": "para", "runs": plain(runs) if isinstance(runs, str) else runs, "style": style}


def facts(pairs: Iterable[tuple[str, Runs | str]]) -> Block:
    """Labels with what is said of each; pairs with nothing said are left out."""
    return {
        "kind": "facts",
        "rows": [
            {"label": label, "runs": plain(said) if isinstance(said, str) else said}
            for label, said in pairs
            if said
        ],
    }


def column(title: str, width: float = 1, *, align: str = "left", sign: str = "") -> dict[str, Any]:
    """A column of a table: `width` is its share of the line."""
    return {"title": title, "width": width, "align": align, "sign": sign}


def table(
    caption: str, columns: list[dict[str, Any]], rows: list[list[Runs]], *, total: bool = False
) -> Block:
    """A table with one header row; the first column heads its row; with `total` the last row is a sum."""
    return {"kind": "table", "caption": caption, "columns": columns, "rows": rows, "total": total}
