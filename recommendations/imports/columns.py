"""The columns of a table of recommendations: what they are called, what they hold, how a header names them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.formats.problems import FileProblem
from recommendations.formats.tabular import Table
from recommendations.words.likeness import nearest


@dataclass(frozen=True)
class Column:
    """A column by its ``name`` in our template; ``also`` are other headers that mean the same."""

    name: str
    about: Any
    example: Any = ""  # as ``about``, where it is a sentence to translate
    also: tuple[str, ...] = ()
    in_template: bool = True


COLUMNS = (
    Column(
        "reference",
        gettext_lazy(
            "The reference of a recommendation that is here already; then cycle and symbol may be left out."
        ),
        "KAZ-2-124.26",
    ),
    Column(
        "state",
        gettext_lazy("The State under review, by code or name. Empty: the State chosen for the import."),
        "KAZ",
        also=("state under review", "sur", "country"),
    ),
    Column("cycle", gettext_lazy("The number of the review cycle."), "2"),
    Column(
        "session",
        gettext_lazy("The number of the session of the UPR Working Group."),
        "20",
        also=("upr session",),
    ),
    Column(
        "symbol",
        gettext_lazy("The symbol of the document that makes the recommendation."),
        "A/HRC/28/10",
        also=("document", "document symbol"),
    ),
    Column(
        "paragraph",
        gettext_lazy(
            "The number of its paragraph. Format the column as text: as a number, 95.10 becomes 95.1."
        ),
        "124.26",
        also=("para", "number"),
    ),
    Column(
        "text",
        gettext_lazy("The text of the recommendation."),
        gettext_lazy("The text as the document gives it"),
    ),
    Column(
        "language", gettext_lazy("The language of the text: en, ru, kk, fr, es, ar or zh. Empty: en."), "en"
    ),
    Column(
        "text_kind",
        gettext_lazy("official, working_translation or paraphrase. Empty: official."),
        "official",
        also=("kind of text",),
    ),
    Column("text_ru", gettext_lazy("The text in Russian, of the same kind."), also=("text in russian",)),
    Column("text_kk", gettext_lazy("The text in Kazakh, of the same kind."), also=("text in kazakh",)),
    Column(
        "recommending_states",
        gettext_lazy("The States that made it, in order, separated by semicolons."),
        gettext_lazy("Norway; Spain"),
        also=("recommending state", "from"),
    ),
    Column(
        "action_category",
        gettext_lazy("UPR Info's category 1–5: one for all, or one for each State, separated by semicolons."),
        "5; 4",
        also=("uprinfo_action", "action"),
    ),
    Column(
        "position",
        gettext_lazy("The State's answer: supported, supported_in_part, noted or under_consideration."),
        "noted",
        also=("position of the state",),
    ),
    Column(
        "position_document",
        gettext_lazy(
            "The symbol of the document that gives the answer. Empty: the document of the recommendation."
        ),
        "A/HRC/28/10",
        also=("source of position",),
    ),
    Column("position_paragraph", gettext_lazy("Where in that document."), gettext_lazy("para. 126")),
    Column(
        "position_date",
        gettext_lazy("The date of the answer, as 2015-03-19. Empty: the date of the document's event."),
        "2015-03-19",
    ),
    Column(
        "claim",
        gettext_lazy(
            "What the State says it did: implemented, in_process, implemented_or_in_process or other."
        ),
        "in_process",
        also=("state claim",),
    ),
    Column(
        "claim_document",
        gettext_lazy("The symbol of the document with the claim. Empty: that of the recommendation."),
    ),
    Column("claim_paragraph", gettext_lazy("Where in that document.")),
    Column(
        "themes",
        gettext_lazy("Themes by name or code, separated by semicolons."),
        gettext_lazy("Right to education"),
        also=("theme",),
    ),
    Column(
        "groups",
        gettext_lazy("Affected groups by name or code, separated by semicolons."),
        gettext_lazy("Children"),
        also=("affected groups", "affected persons"),
    ),
    Column(
        "sdgs",
        gettext_lazy("Goals and targets by number, separated by semicolons."),
        "4; 16.10",
        also=("sdg",),
    ),
    # What stands in tables of official texts joined with UPR Info's labels.
    Column("wg_report_position", gettext_lazy("The answer and claim in the report."), in_template=False),
    Column("final_position", gettext_lazy("The answer that counts in the end."), in_template=False),
    Column("final_position_source", gettext_lazy("Where that answer stands."), in_template=False),
    Column("uprinfo_issues", gettext_lazy("UPR Info's issues."), in_template=False, also=("issue", "issues")),
    Column(
        "uprinfo_response", gettext_lazy("UPR Info's reading of the answer; not used."), in_template=False
    ),
)
TEMPLATE = tuple(column for column in COLUMNS if column.in_template)


def folded(header: str) -> str:
    """A header without case, blanks and signs, doubled letters once (OHCHR's “Reccomending”)."""
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[^0-9a-zа-яё]+", "", header.lower()))


_BY_HEADER = {folded(name): column.name for column in COLUMNS for name in (column.name, *column.also)}


def find_columns(table: Table) -> tuple[dict[str, int], list[FileProblem], list[str]]:
    """Where each known column stands; problems of the header; and the titles of columns that are not read."""
    places: dict[str, int] = {}
    problems: list[FileProblem] = []
    unread: list[str] = []
    for index, title in enumerate(table.header):
        name = _BY_HEADER.get(folded(title))
        if name is None:
            if title:
                unread.append(title)
        elif name in places:
            problems.append(
                FileProblem(_("This column stands twice; leave one of the two."), table.header_row, title)
            )
        else:
            places[name] = index
    if "reference" not in places:
        for name in ("paragraph", "text"):
            if name not in places:
                problems.append(_missing(table, name, unread))
        if not {"cycle", "symbol"} & set(places):
            problems.append(_missing(table, "symbol", unread))
    return places, problems, unread


def _missing(table: Table, name: str, unread: Sequence[str]) -> FileProblem:
    near = nearest(name, unread, limit=1)
    message = _("There is no column “%(name)s”. Expected a header row with the columns of the template.") % {
        "name": name
    }
    if near:
        message += " " + _("Did you mean “%(near)s”?") % {"near": near[0]}
    return FileProblem(message, table.header_row, name)
