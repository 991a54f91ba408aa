"""Query strings: this page's address with a value added, changed or taken out."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict


def number_in(text: str) -> int:
    """A row's number from an address or a form; 0, which no row has, where there is none."""
    return int(text) if text.isdecimal() and len(text) < 18 else 0


def changed_query(query: QueryDict, **changes: Any) -> str:
    """The query string with some keys set to a value or a list; None or an empty value takes a key out.

    The page number starts again unless it is what changes. Begins with "?", also when nothing is left,
    so that it may stand as a link.
    """
    changed = query.copy()
    if "page" not in changes:
        changed.pop("page", None)
    for key, value in changes.items():
        if value is None or value == "" or value == []:
            changed.pop(key, None)
        elif isinstance(value, (list, tuple)):
            changed.setlist(key, [str(one) for one in value])
        else:
            changed[key] = str(value)
    return f"?{changed.urlencode()}"


def without(query: QueryDict, key: str, value: Any) -> str:
    """The query string without one of a key's values: what a removable filter word links to."""
    left = [one for one in query.getlist(key) if one != str(value)]
    return changed_query(query, **{key: left})
