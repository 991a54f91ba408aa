"""What the files of exports hold: kept when they are made, asked of the visibility rules whenever one is wanted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Q

from recommendations.exports.models import Export, ExportHolding
from recommendations.overview.holdings import Held, files_with_losses


def keep_holdings(export: Export, held: Iterable[Held]) -> None:
    """Note what stands in an export's file; part of the transaction that finishes it."""
    rows = [ExportHolding(export=export, kind=one.kind, row=one.pk, edition=one.edition) for one in held]
    ExportHolding.objects.bulk_create(rows, batch_size=500)
    Export.objects.filter(pk=export.pk).update(is_accounted=True)
    export.is_accounted = True


def blocked(exports: Sequence[Export]) -> set[int]:
    """The keys of those finished exports that are no longer handed out, with a fixed number of queries.

    What stands in each is asked of the rules for its audience: rows that were retracted, restricted, or withheld for
    the safety of sources take the file with them. So does a file of which nobody knows what it holds.
    """
    finished = [row for row in exports if row.ready_at is not None and row.audience]
    found = {row.pk for row in finished if not row.is_accounted or not row.stored_as}
    audiences = {row.pk: row.audience for row in finished if row.pk not in found}
    holdings = ExportHolding.objects.filter(export__in=audiences).values_list(
        "export", "kind", "row", "edition"
    )
    return found | files_with_losses(
        ((export, Held(kind, row, edition)) for export, kind, row, edition in holdings), audiences
    )


def to_renew(exports: Iterable[Export]) -> list[Export]:
    """The blocked ones of these in whose place nothing was made yet, in their order."""
    rows = list(exports)
    gone = blocked(rows)
    renewed = set(Export.objects.filter(renews__in=gone).values_list("renews", flat=True))
    return [row for row in rows if row.pk in gone and row.pk not in renewed]


def blocked_files(held: Sequence[Held] | None = None) -> list[Export]:
    """The blocked exports whose files still lie here: all, or those that hold one of these rows."""
    rows = Export.objects.exclude(stored_as="").exclude(audience="")
    if held is not None:
        keys: dict[str, list[int]] = defaultdict(list)
        for one in held:
            keys[one.kind].append(one.pk)
        wanted = Q(pk__in=[])
        for kind, found in keys.items():
            wanted |= Q(kind=kind, row__in=found)
        rows = rows.filter(pk__in=ExportHolding.objects.filter(wanted).values("export"))
    standing = list(rows)
    gone = blocked(standing)
    return [row for row in standing if row.pk in gone]
