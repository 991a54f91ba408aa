"""Sealing everything anew to the key of now: after a new key was made, or where something still lies in clear.

What is sealed already to that key is left alone, so the work may be interrupted and begun again at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.apps import apps
from django.db import models, transaction
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy

from recommendations.evidence import store
from recommendations.formats import sealing
from recommendations.formats.problems import FileProblem
from recommendations.formats.sealed_field import Sealed, SealedField
from recommendations.formats.storing import Store
from recommendations.jobs.queue import Effects, Work, handler

JOB = "vault.reseal"
# Folders of sealed files; capabilities above this one add theirs.
STORES: list[Store] = [store.STORE]

Report = Callable[[int, int], None]


def reseal(*, report: Report | None = None) -> dict[str, int]:
    """Seal anew what is not sealed to the key of now; returns how many were, and how many no key opens."""
    current = sealing.keyring().current()
    files = [
        (kept, name)
        for kept in STORES
        for name in kept.names()
        if not sealing.is_sealed_to(kept.path(name), current)
    ]
    texts = list(_older_texts())
    total = len(files) + len(texts)
    done = closed = 0
    for kept, name in files:
        try:
            kept.seal_anew(name)
        except (sealing.Unreadable, FileNotFoundError):
            closed += 1
        done += 1
        if report:
            report(done, total)
    for model, field, pk in texts:
        closed += not _seal_text_anew(model, field, pk)
        done += 1
        if report and (done % 100 == 0 or done == total):
            report(done, total)
    return {"sealed": total - closed, "closed": closed}


def older() -> int:
    """How many files and texts are not sealed to the key of now."""
    current = sealing.keyring().current()
    files = sum(
        not sealing.is_sealed_to(kept.path(name), current) for kept in STORES for name in kept.names()
    )
    return files + sum(1 for _text in _older_texts())


def sealed_fields() -> Iterator[tuple[type[models.Model], SealedField]]:
    """Every column in which texts may lie sealed."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SealedField):
                yield model, field


def _older_texts() -> Iterator[tuple[type[models.Model], str, int]]:
    mark, prefix = sealing.TEXT_MARK, sealing.text_prefix()
    for model, field in sealed_fields():
        rows = model._default_manager.annotate(
            sealed_mark=Left(field.name, len(mark), output_field=models.CharField()),
            sealed_prefix=Left(field.name, len(prefix), output_field=models.CharField()),
        )
        for pk in rows.filter(sealed_mark=mark).exclude(sealed_prefix=prefix).values_list("pk", flat=True):
            yield model, field.name, pk


@transaction.atomic
def _seal_text_anew(model: type[models.Model], field: str, pk: int) -> bool:
    """Whether the text could be opened."""
    row = model._default_manager.select_for_update(of=("self",)).filter(pk=pk).first()
    text = getattr(row, field) if row is not None else ""
    if isinstance(text, Sealed):
        if text.stored:
            return False
        model._default_manager.filter(pk=pk).update(**{field: text})
    return True


@handler(JOB, called=gettext_lazy("Sealing the vault to its new key"))
def reseal_in_background(work: Work) -> Effects:
    """The same, as a job with its progress."""
    try:
        told = reseal(report=work.report)
    except FileProblem as fault:
        # A full disk: another try may find room.
        raise RuntimeError(str(fault)) from fault
    return lambda: dict(told)
