"""Further spellings of States, themes, groups and bodies: what a person says a label means is known from then on."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from recommendations.audit.log import record
from recommendations.catalogue.models import (
    AffectedGroup,
    Body,
    BodyAlias,
    GroupAlias,
    State,
    StateAlias,
    Theme,
    ThemeAlias,
)
from recommendations.words.clean import clean_line, fold_label

_ALIASES: dict[type, tuple[Any, str]] = {
    State: (StateAlias, "state"),
    Theme: (ThemeAlias, "theme"),
    AffectedGroup: (GroupAlias, "group"),
    Body: (BodyAlias, "body"),
}


@transaction.atomic
def add_spelling(term: State | Theme | AffectedGroup | Body, label: str, *, by: Any) -> bool:
    """Let the label name the term in every file; False where a label that is known already keeps its meaning."""
    label = clean_line(label)[:300]
    folded = fold_label(label)
    model, owner = _ALIASES[type(term)]
    if not folded or model.objects.filter(folded=folded).exists():
        return False
    model.objects.create(**{owner: term}, label=label, folded=folded)
    record("term.spelling_added", term, by=by, detail={"label": label})
    return True
