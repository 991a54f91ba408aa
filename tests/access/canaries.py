"""A world with a canary word in everything that not everybody may read, and a table of who may.

The table is spelled here once more, in the words of the house, and asks nothing of the product: what it says and what
the product's rules say must come to the same.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from types import SimpleNamespace

import docx
from django.core.files.base import ContentFile
from django.utils import timezone

from recommendations.assessments import legal
from recommendations.assessments.commenting import add_comment
from recommendations.assessments.models import Assessment
from recommendations.assessments.workflow import perform
from recommendations.assessments.writing import save_draft
from recommendations.evidence.levels import change_access
from recommendations.evidence.models import Evidence
from recommendations.evidence.models_safety import ConsentRecord
from recommendations.evidence.recording import add_evidence, check_evidence
from recommendations.evidence.safety import (
    add_person,
    change_source,
    protect_source,
    record_consent,
    withdraw_consent,
)
from recommendations.evidence.vault import receive_file
from recommendations.organisations.freezing import freeze
from recommendations.vocabulary import EvidenceCheck, PositionKind, Role
from tests.factories import (
    make_assessment,
    make_organisation,
    make_person,
    make_recommendation,
    make_round,
    make_theme,
)

WORD = re.compile(r"zqv[a-z]{5}x")
_letters = count()
MEMBERS = {"editor", "reviewer", "coordinator"}
PUBLIC, COALITION = "PUBLIC", "COALITION"


def word() -> str:
    """A word that occurs nowhere else and no stemmer shortens."""
    number, letters = next(_letters), ""
    for _place in range(5):
        number, rest = divmod(number, 20)
        letters += "bcdfghjklmnpqrstvwxz"[rest]
    return f"zqv{letters}x"


@dataclass(frozen=True)
class Reader:
    """Somebody who reads, as the table knows her: an audience by its name, or a person."""

    name: str
    roles: frozenset[str] = frozenset()
    organisation: str = ""
    may_sign_in: bool = True
    person: object = field(default=None, compare=False)

    @property
    def member(self) -> bool:
        return self.name == COALITION or (self.may_sign_in and bool(self.roles & MEMBERS))

    @property
    def observer(self) -> bool:
        return self.may_sign_in and "observer" in self.roles

    @property
    def is_person(self) -> bool:
        return self.person is not None


@dataclass(frozen=True)
class Item:
    """What the table has to know of an item of evidence."""

    organisation: str
    level: str
    uses: frozenset[str]  # what everybody in it consents to at this moment
    high_risk: bool
    named: frozenset[str]  # readers, by name
    cited_in_public: bool = False

    def its_own(self, reader: Reader) -> bool:
        return (
            reader.is_person
            and reader.member
            and (reader.organisation == self.organisation or reader.name in self.named)
        )

    def safe(self, use: str) -> bool:
        return not self.high_risk and use in self.uses

    def seen_by(self, reader: Reader) -> bool:
        if self.its_own(reader):
            return True
        if reader.member:
            return self.level != "restricted" and self.safe("coalition")
        if self.level != "public" or not self.safe("public"):
            return False
        return reader.observer or (reader.name == PUBLIC and self.cited_in_public)


@dataclass(frozen=True)
class Text:
    """What the table has to know of an assessment."""

    organisation: str
    status: str
    cautioned: bool
    author: str

    def inside(self, reader: Reader) -> bool:
        """Its makers and those who review: comments, versions, notes."""
        if not (reader.is_person and reader.member):
            return False
        if reader.organisation == self.organisation or reader.name == self.author:
            return True
        return self.status != "draft" and bool(reader.roles & {"reviewer", "coordinator"})

    def seen_by(self, reader: Reader) -> bool:
        published = self.status in ("published", "superseded")
        if reader.name == PUBLIC:
            return published and not self.cautioned
        if reader.member and self.status in ("approved", "published", "superseded"):
            return True
        if reader.observer and published:
            return True
        if not (reader.is_person and reader.member):
            return False
        if reader.organisation == self.organisation or reader.name == self.author:
            return True
        if self.status in ("submitted", "returned"):
            return bool(reader.roles & {"reviewer", "coordinator"})
        return self.status in ("withdrawn", "retracted") and "coordinator" in reader.roles


class World:
    """Rows of every kind, made through the product's own functions, each with its canaries."""

    def __init__(self) -> None:
        self.allowed: dict[str, object] = {}  # canary → who may read it, as a function of a Reader
        self.said: dict[str, str] = {}  # canary → what it stands in
        self.lures: list[tuple[str, int, Item]] = []  # a word to search for, the number of its item, the item
        self.people: list[Reader] = []
        self.organisations = {name: make_organisation(name=name) for name in ("Alpha", "Beta")}
        self.theme = make_theme("lgbti")

    def canary(self, what: str, allowed: object) -> str:
        """A new canary word, what it stands in and who may read it."""
        made = word()
        self.allowed[made], self.said[made] = allowed, what
        return made

    def wrong(self, text: str, reader: Reader) -> set[str]:
        """What stands in a text that this reader may not read, in words."""
        return {
            self.said[found]
            for found in set(WORD.findall(text.lower()))
            if found in self.allowed
            and not self.allowed[found](reader)
            # Whoever signs in can open the public pages, too.
            and not (reader.name != COALITION and self.allowed[found](Reader(PUBLIC)))
        }

    # --- people ---------------------------------------------------------------------------------------------------

    def person(self, roles: set[str], organisation: str, *, may_sign_in: bool = True) -> Reader:
        reader_name = f"{'+'.join(sorted(roles))} of {organisation} {len(self.people)}"
        known = self.canary(
            f"the name of {reader_name}",
            lambda r: (
                (r.is_person and r.member)
                or (r.may_sign_in and "administrator" in r.roles)
                or r.name == reader_name
            ),
        )
        person = make_person(*roles, organisation=self.organisations[organisation], name=known.capitalize())
        reader = Reader(reader_name, frozenset(roles), organisation, may_sign_in, person)
        self.people.append(reader)
        return reader

    def crew(self) -> SimpleNamespace:
        """Those who make the rows."""
        return SimpleNamespace(
            alpha=self.person({"editor"}, "Alpha"),
            beta=self.person({"editor"}, "Beta"),
            reviewer=self.person({"reviewer"}, "Beta"),
            coordinator=self.person({"coordinator"}, "Beta"),
            second=self.person({"coordinator", "reviewer"}, "Alpha"),
        )

    # --- evidence -------------------------------------------------------------------------------------------------

    def evidence(
        self, owner: Reader, checker: Reader, level: str, named: list[Reader]
    ) -> tuple[Evidence, Item, dict]:
        """An item with a person in it who consents to everything, a file, a source, a note of its check."""
        state = SimpleNamespace(
            organisation=owner.organisation,
            level=level,
            uses=frozenset({"coalition", "un", "public"}),
            high_risk=False,
            named=frozenset(reader.name for reader in named) if level == "restricted" else frozenset(),
            cited_in_public=False,
        )

        def item() -> Item:
            return Item(**vars(state))

        def sees(reader: Reader) -> bool:
            return item().seen_by(reader)

        def own(reader: Reader) -> bool:
            return item().its_own(reader)

        def told(what: str) -> str:
            return self.canary(f"{what} of {level} evidence of {owner.organisation}", sees)

        lure = word()
        row = add_evidence(
            by=owner.person,
            title="Neutral label" if level == "restricted" else f"Title {told('title')}",
            kind="testimony",
            confidentiality=level,
            named_people=[reader.person for reader in named] if level == "restricted" else (),
            description=f"{told('description')} {lure}",
            method=told("method"),
            place="Region" if level == "restricted" else told("place"),
            source={"publisher": told("publisher"), "title": told("title of the source")},
            happened_from=date(2016, 5, 1),
        )
        name = f"{told('name of a file')}.docx"
        receive_file(row, upload=ContentFile(letter(told("content of a file")), name=name), by=owner.person)
        note = self.canary("note on the check", lambda r: sees(r) and r.member)
        check_evidence(row, status=EvidenceCheck.CHECKED, note=note, by=checker.person)
        pseudonym = self.canary("pseudonym", own)
        named_there = {owner.name}
        source = protect_source(
            pseudonym=pseudonym,
            risk="medium",
            identity=self.canary("identity of a source", lambda r: r.may_sign_in and r.name in named_there),
            notes=self.canary("notes on a source", lambda r: r.may_sign_in and r.name in named_there),
            by=owner.person,
        )
        person = add_person(row, source=source, by=owner.person)
        consent = record_consent(
            person,
            uses=list(state.uses),
            given_on=date(2024, 1, 1),
            note=self.canary("note on a consent", own),
            by=owner.person,
        )
        self.lures.append((lure, row.number, item))
        row.refresh_from_db()
        return row, item, {"state": state, "source": source, "consent": consent, "own": own, "sees": sees}

    def change(self, row: Evidence, inside: dict, fate: str, owner: Reader) -> None:
        """What happens to an item and the people in it after it was used."""
        state = inside["state"]
        if fate == "withdrawn":
            reason = self.canary("why a consent was withdrawn", inside["own"])
            withdraw_consent(inside["consent"], reason=reason, by=owner.person)
            state.uses = frozenset()
        elif fate == "ended":
            yesterday = timezone.localdate() - timedelta(days=1)
            ConsentRecord.objects.filter(pk=inside["consent"].pk).update(until=yesterday)
            state.uses = frozenset()
        elif fate == "narrowed":
            ConsentRecord.objects.filter(pk=inside["consent"].pk).update(for_public=False, for_un=False)
            state.uses = frozenset({"coalition"})
        elif fate == "danger":
            source = inside["source"]
            change_source(
                source,
                pseudonym=source.pseudonym,
                risk="high",
                identity=source.identity.identity,
                notes=source.identity.notes,
                named_people=[owner.person],
                revision=1,
                by=owner.person,
            )
            state.high_risk = True
        elif fate == "restricted" and state.level != "restricted":
            row.refresh_from_db()
            reason = self.canary("why a level was raised", lambda r: inside["own"](r))
            change_access(
                row, confidentiality="restricted", reason=reason, revision=row.revision, by=owner.person
            )
            state.level, state.named = "restricted", frozenset()

    # --- assessments ----------------------------------------------------------------------------------------------

    def assessment(
        self, crew: SimpleNamespace, author: Reader, item: object, status: str, cautioned: bool, cites: list
    ) -> Text:
        """An assessment that reaches this status, with remarks, notes and what it cites."""
        text = Text(author.organisation, status, cautioned, author.name)
        what = f"{status} assessment of {author.organisation}"

        def told(part: str) -> str:
            return self.canary(f"{part} of a {what}", text.seen_by)

        def passage(row: Evidence, read: object) -> str:
            # Its paragraph goes with the item wherever the text was approved or published.
            def allowed(reader: Reader) -> bool:
                gone = {"approved": "coalition", "published": "public", "superseded": "public"}.get(status)
                return text.seen_by(reader) and not (gone and not read().safe(gone))

            return f"{self.canary(f'a passage of a {what}', allowed)} [E-{row.number}]."

        reviewer = crew.reviewer if author.organisation == "Alpha" else crew.second
        narrative = "\n".join([told("narrative"), *(passage(row, read) for row, read, _inside in cites)])
        row = make_assessment(
            author.person,
            item=item,
            narrative=narrative,
            implemented_when=told("test"),
            next_ask=told("what to ask"),
        )
        row = save_draft(row, by=author.person, revision=row.revision, fields={"law_text": told("law")})
        if cautioned:
            item.recommendation.themes.add(self.theme)
        for action in STEPS[status]:
            row = Assessment.objects.get(pk=row.pk)
            by = {"submit": author, "approve": reviewer, "return": reviewer}.get(action, crew.coordinator)
            note = self.canary(f"note on a {what}", text.seen_by) if action in NOTED else ""
            by = crew.second if action == "retract" else by
            perform(row, action, by=by.person, note=note)
            if action == "submit":
                add_comment(
                    row, part="", text=self.canary(f"remark on a {what}", text.inside), by=reviewer.person
                )
        if status in ("approved", "published") and cautioned:
            reason = self.canary("why a risk can be taken", lambda r: r.is_person and r.member)
            legal.ask_to_clear(row, reason=reason, by=crew.coordinator.person)
        if status in ("published", "superseded") and not cautioned:
            for _row, _read, inside in cites:
                inside["state"].cited_in_public = True
        return text

    def round(self, size: int) -> list:
        """The items of a round, one for each assessment."""
        rows = [make_recommendation(position=PositionKind.SUPPORTED) for _number in range(size)]
        made = make_round(*rows)
        return [made.items.get(recommendation=row) for row in rows]


def letter(text: str) -> bytes:
    """A Word document that says this."""
    target = io.BytesIO()
    document = docx.Document()
    document.add_paragraph(text)
    document.save(target)
    return target.getvalue()


NOTED = {"return", "withdraw", "ask_retraction", "retract"}
STEPS = {
    "draft": [],
    "submitted": ["submit"],
    "returned": ["submit", "return"],
    "approved": ["submit", "approve"],
    "published": ["submit", "approve", "publish"],
    "withdrawn": ["submit", "withdraw"],
    "retracted": ["submit", "approve", "publish", "ask_retraction", "retract"],
}


def freeze_reader(world: World, reader: Reader, by: Reader) -> Reader:
    """The same person, frozen: her account opens nothing."""
    freeze(reader.person, by=by.person)
    reader.person.refresh_from_db()
    frozen = Reader(reader.name, reader.roles, reader.organisation, False, reader.person)
    world.people[world.people.index(reader)] = frozen
    return frozen


def reader_of(audience: str) -> Reader:
    """An audience, or whoever has not signed in: she reads what the public does."""
    return Reader(audience)


ROLES = [role.value for role in Role]
