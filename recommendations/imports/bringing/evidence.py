"""Rows of a list of evidence: what each will be, whether it is here already, and making it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import Q
from django.utils.translation import gettext as _

from recommendations.catalogue.errors import Refused
from recommendations.catalogue.models import Demand, Recommendation
from recommendations.evidence import picking, rules
from recommendations.evidence.models import Evidence
from recommendations.evidence.recording import add_evidence, link_evidence
from recommendations.imports.bringing.cells import NotUnderstood, code_of, day_of, known_day
from recommendations.imports.bringing.models import Bringing, BroughtRow
from recommendations.imports.bringing.targets import EVIDENCE
from recommendations.vocabulary import Confidentiality, Shows
from recommendations.words.clean import clean_line, clean_text
from recommendations.words.likeness import comparable, likeness, most_alike

LONGEST_TITLE = 300
MOST = {target.name: target.most for target in EVIDENCE if target.most}
# How alike two titles must be to be probably the same item; less where the address is the same.
ALIKE, ALIKE_AT_ONE_ADDRESS = 0.92, 0.6
_PLAIN = ("description", "place", "act_version", "held_by", "method")


@dataclass
class Draft:
    """A row on its way: ``record`` as it will be made, ``problems`` by field."""

    record: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


def drafted(
    cells: Mapping[str, str], numbers: frozenset[str], *, defaults: Mapping[str, str], reader: Any
) -> Draft:
    """The record of one row: ``cells`` by field, ``numbers`` the fields whose cell the file holds as a number."""
    draft = Draft()

    def read(name: str, function: Any, *args: Any, **options: Any) -> Any:
        try:
            return function(*args, **options)
        except NotUnderstood as reason:
            draft.problems[name] = str(reason)
            return None

    def text(name: str) -> str:
        return clean_text(cells.get(name, ""), entities=True)

    fields: dict[str, Any] = {name: text(name) for name in _PLAIN}
    fields["kind"] = read("kind", code_of, "kind", cells.get("kind", "")) or defaults.get("kind", "")
    fields["language"] = read("language", code_of, "language", cells.get("language", "")) or ""
    for name in ("happened_from", "happened_until"):
        day = read(name, day_of, cells.get(name, ""), is_number=name in numbers)
        fields[name] = day.isoformat() if day else None
    source: dict[str, Any] = {
        "publisher": clean_line(text("publisher")),
        "title": clean_line(text("source_title")),
        "url": address_of(text("url")),
    }
    known = read("published", known_day, cells.get("published", ""), is_number="published" in numbers)
    day, as_known = known or (None, "")
    source |= {"published_on": day.isoformat() if day else None, "published_text": as_known}
    accessed = read("accessed_on", day_of, cells.get("accessed_on", ""), is_number="accessed_on" in numbers)
    source["accessed_on"] = accessed.isoformat() if accessed else None
    if any(source.values()) and not source["publisher"]:
        source["publisher"] = urlsplit(source["url"]).netloc.removeprefix("www.")
    title = clean_line(text("title")) or source["title"]
    fields["title"] = title
    if len(title) > LONGEST_TITLE:
        fields["title"] = title[: LONGEST_TITLE - 1].rstrip() + "…"
        fields["description"] = "\n\n".join(part for part in (title, fields["description"]) if part)
    shows = read("shows", code_of, "shows", cells.get("shows", "")) or defaults.get(
        "shows", Shows.CONTEXT.value
    )
    draft.record = {"fields": fields, "source": source, "links": []}
    if said := cells.get("references", "").strip():
        draft.record["links"] = _links(said, shows, text("why"), clean_line(text("passage")), draft, reader)
    check(draft)
    return draft


def check(draft: Draft) -> None:
    """Add what the rules of evidence, the longest texts and addresses say against the record."""
    fields, source = draft.record["fields"], draft.record["source"]
    values = typed(draft.record)
    for name, sentence in rules.problems(values | {"source": values["source"]}).items():
        plain = {"source_published_on": "published"}.get(name, name.removeprefix("source_"))
        draft.problems.setdefault(plain, sentence)
    if not fields["title"]:
        draft.problems.setdefault("title", _("Give it a title."))
    if not fields["kind"]:
        draft.problems.setdefault("kind", _("Say what kind of evidence it is."))
    lengths = fields | {
        "publisher": source["publisher"],
        "source_title": source["title"],
        "url": source["url"],
    }
    for name, most in MOST.items():
        if len(str(lengths.get(name) or "")) > most:
            draft.problems.setdefault(name, _("At most %(most)s characters fit here.") % {"most": most})
    if source["url"] and "url" not in draft.problems:
        try:
            URLValidator(schemes=["http", "https"])(source["url"])
        except ValidationError:
            draft.problems["url"] = _("“%(said)s” is no web address.") % {"said": source["url"][:80]}


def typed(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record's values as recording takes them: days as days."""
    fields, source = dict(record["fields"]), dict(record["source"])
    for values, names in (
        (fields, ("happened_from", "happened_until")),
        (source, ("published_on", "accessed_on")),
    ):
        for name in names:
            values[name] = date.fromisoformat(values[name]) if values[name] else None
    return fields | {"source": source if any(source.values()) else None}


def address_of(said: str) -> str:
    """The first web address in a cell, with its scheme."""
    first = said.split()[0] if said.split() else ""
    if first and "://" not in first and "." in first:
        first = f"https://{first}"
    return first


def _links(said: str, shows: str, why: str, passage: str, draft: Draft, reader: Any) -> list[dict[str, Any]]:
    picked = picking.understand(said, reader=reader)
    if picked.unknown:
        draft.problems["references"] = _(
            "There is no recommendation “%(said)s” here, or several have this paragraph. Write KAZ-2-124.26."
        ) % {"said": ", ".join(picked.unknown)[:120]}
    return [
        {
            "recommendation": target.recommendation.pk,
            "demand": target.demand.pk if target.demand else None,
            "label": str(target),
            "shows": shows,
            "why": why,
            "passage": passage,
        }
        for target in picked.targets
    ]


@dataclass(frozen=True)
class Earlier:
    """A row of the same file, by its number."""

    number: int


class Known:
    """The items a person sees, to tell whether a row is one of them: by address and title, or title and date."""

    def __init__(self, reader: Any) -> None:
        rows = (
            Evidence.objects.visible_to(reader)
            .order_by("number")
            .values_list("pk", "title", "source__url", "source__published_on", "source__published_text")
        )
        self.titles: dict[Any, str] = {}
        self.dates: dict[Any, str] = {}
        self.by_address: dict[str, list[Any]] = {}
        for pk, title, url, on, text in rows:
            self._keep(pk, title, url or "", on.isoformat() if on else text or "")

    def add(self, number: int, record: Mapping[str, Any]) -> None:
        """A row of the file itself: the ones after it may repeat it."""
        fields, source = record["fields"], record["source"]
        self._keep(Earlier(number), fields["title"], source["url"], _date_of(source))

    def _keep(self, key: Any, title: str, url: str, day: str) -> None:
        self.titles[key] = comparable(title)
        self.dates[key] = day
        if url:
            self.by_address.setdefault(same_address(url), []).append(key)

    def like(self, record: Mapping[str, Any]) -> Any:
        """What this probably is already: an item's key, an ``Earlier`` row of the same file, or None."""
        title, source = record["fields"]["title"], record["source"]
        if source["url"]:
            for key in self.by_address.get(same_address(source["url"]), []):
                if likeness(title, self.titles[key]) >= ALIKE_AT_ONE_ADDRESS:
                    return key
        exact = comparable(title)
        same = [key for key, known in self.titles.items() if known == exact]
        near = same or [found[0] for found in [most_alike(title, self.titles, at_least=ALIKE)] if found]
        day = _date_of(source)
        for key in near:
            # A report of each year has one title: another date is another item.
            if not day or not self.dates[key] or _agree(day, self.dates[key]):
                return key
        return None


def _date_of(source: Mapping[str, Any]) -> str:
    return source["published_on"] or source["published_text"] or ""


def _agree(one: str, other: str) -> bool:
    """Whether two dates, each as far as it is known, may be the same."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def same_address(url: str) -> str:
    """An address without what does not tell pages apart: scheme, www, a slash at the end, the place in the page."""
    parts = urlsplit(url.strip())
    host = parts.netloc.lower().removeprefix("www.")
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{parts.path.rstrip('/')}{query}"


def made_before(bringing: Bringing) -> dict[int, Evidence]:
    """Row number → the item made of that row of this very file, whenever that was."""
    rows = BroughtRow.objects.filter(
        bringing__file=bringing.file,
        bringing__organisation=bringing.organisation,
        bringing__kind=bringing.kind,
        bringing__sheet=bringing.sheet,
        evidence__isnull=False,
    ).select_related("evidence")
    return {row.number: row.evidence for row in rows if row.evidence is not None}


def make(row: BroughtRow, *, by: Any) -> str:
    """Make the item with its links, for the coalition and not checked; returns what could not be linked."""
    bringing = row.bringing
    values = typed(row.record)
    row.evidence = add_evidence(
        by=by,
        organisation=bringing.organisation,
        confidentiality=Confidentiality.COALITION,
        **values,
    )
    notes = []
    for link in row.record["links"]:
        recommendation = Recommendation.objects.visible_to(by).filter(pk=link["recommendation"]).first()
        if recommendation is None:
            notes.append(_("%(recommendation)s is no longer here.") % {"recommendation": link["label"]})
            continue
        demand = Demand.objects.filter(pk=link["demand"]).first() if link["demand"] else None
        try:
            link_evidence(
                row.evidence,
                recommendation=recommendation,
                demand=demand,
                shows=link["shows"],
                why=link["why"],
                passage=link["passage"],
                by=by,
            )
        except Refused as reason:
            notes.append(str(reason))
    return " ".join(notes)


def forget(item: Evidence) -> None:
    """Empty what rows still say of the item in clear: it has become restricted.

    Those from which it was made, and those that were found to say the same. A row that is only probably the same and
    still waits for a person's choice is left: it may be another item.
    """
    waits = Q(bringing__status__in=(Bringing.Status.COLUMNS, Bringing.Status.PLANNED))
    same = Q(likely=item) & (Q(action=BroughtRow.Action.HERE) | ~waits)
    rows = BroughtRow.objects.filter(Q(evidence=item) | same & Q(evidence=None))
    for row in rows.select_for_update(of=("self",)):
        row.record = emptied(row.record)
        row.save(update_fields=["record"])


def emptied(record: dict[str, Any]) -> dict[str, Any]:
    """The record of a row without what lies sealed of a restricted item: title, kind, place and dates are left."""
    if "fields" not in record:
        return record
    kept = dict(record)
    kept["fields"] = record["fields"] | dict.fromkeys(("description", "method", "held_by"), "")
    kept["source"] = {name: None if name.endswith("_on") else "" for name in record["source"]}
    kept["links"] = [link | {"why": "", "passage": ""} for link in record["links"]]
    # Of a report's reference: what was typed, the note's own words, and the sentence that it stands in.
    return kept | {name: "" for name in ("why", "note", "context") if name in record}
