"""Which texts of a restricted item lie sealed in the database, and sealing them when a level changes.

Title and place stay in clear: they are neutral labels, and the form says so. So do dates, kind and check, by which
lists are filtered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar, cast

from django.db import models
from django.utils.translation import gettext as _

from recommendations.catalogue.errors import Refused
from recommendations.evidence.models import SEALED_TEXTS, Evidence, EvidenceFile, EvidenceLink, Source
from recommendations.formats.sealed_field import Sealed
from recommendations.formats.sealing import KeyMissing
from recommendations.vocabulary import Confidentiality

SEALED: dict[type[models.Model], tuple[str, ...]] = {
    Evidence: SEALED_TEXTS,
    EvidenceLink: ("why", "passage"),
    EvidenceFile: ("name", "capture"),
    Source: ("publisher", "title", "url", "published_text"),
}
# What other capabilities kept of an item in clear goes when it becomes restricted: each adds a function.
FORGETTING: list[Callable[[Evidence], None]] = []


Function = TypeVar("Function", bound=Callable[..., Any])


def refuses_without_key(function: Function) -> Function:
    """Marks a function that writes what lies sealed: where the server's key is gone it raises ``Refused``, saying what
    to do, and nothing was written. Stands above ``transaction.atomic``.
    """

    @wraps(function)
    def asked(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except KeyMissing as missing:
            raise Refused(without_key()) from missing

    return cast(Function, asked)


def without_key() -> str:
    """What is said where something was to be sealed and the server has no key; not where the key should lie."""
    return _(
        "Nothing was saved: the server's key for restricted texts and files is gone. Leave this page open and tell an "
        "administrator: the setting VAULT_KEY_FILE (or VAULT_KEY) says where the key is, and it comes back from the "
        "printed sheets. Then save again."
    )


def is_sealed(evidence: Evidence) -> bool:
    """Whether the item's texts lie sealed."""
    return evidence.confidentiality == Confidentiality.RESTRICTED


def as_kept(model: type[models.Model], values: Mapping[str, Any], *, sealed: bool) -> dict[str, Any]:
    """The values of some columns as they are to be written: those of SEALED sealed, or none."""
    kept = dict(values)
    for field in SEALED[model]:
        text = kept.get(field)
        if isinstance(text, str) and not getattr(text, "stored", ""):
            kept[field] = Sealed(text) if sealed else str(text)
    return kept


def unreadable(evidence: Evidence) -> bool:
    """Whether a text of the item, or of its source, does not open: then nothing may be written over it."""
    rows: list[models.Model] = [evidence] + ([evidence.source] if evidence.source else [])
    return any(getattr(getattr(row, field), "stored", "") for row in rows for field in SEALED[type(row)])


def keep_all(evidence: Evidence) -> None:
    """Write the texts of links and files as the item's level asks; part of the transaction that changed it."""
    sealed = is_sealed(evidence)
    for model in (EvidenceLink, EvidenceFile):
        rows = model._default_manager.filter(evidence=evidence).select_for_update()
        for row in rows:
            values = as_kept(model, {field: getattr(row, field) for field in SEALED[model]}, sealed=sealed)
            model._default_manager.filter(pk=row.pk).update(**values)
    if sealed:
        for forget in FORGETTING:
            forget(evidence)
