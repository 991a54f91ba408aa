"""Summaries for tests: everything in them is invented, and the State does not exist."""

import datetime
from dataclasses import replace
from decimal import Decimal

from recommendations.overview.lines import (
    ClaimLine,
    CycleFacts,
    DemandLine,
    DocumentLine,
    Endnote,
    Finding,
    IndicatorSeries,
    MilestoneLine,
    ObligationLine,
    ObservationPoint,
    PositionLine,
    RecommendationLine,
    RepeatLine,
    RoundFacts,
    SpreadLine,
    StatusCounts,
    UnTotals,
    Withheld,
    narrative,
)
from recommendations.overview.summary import CycleSummary, in_document_order

SITE = "https://tracker.example"
KAZAKH = "Ә ә Ғ ғ Қ қ Ң ң Ө ө Ұ ұ Ү ү Һ һ І і Ё ё"
NASTY = "a < b & c > d \"quoted\" 'single' ]]> {{ x }} #set <w:p> \\ $1$ *not bold* @ref //no comment"
THEMES = (
    ("expression", "Freedom of opinion and expression"),
    ("torture", "Prohibition of torture and ill-treatment"),
    ("women", "Rights of women"),
    ("disability", "Persons with disabilities"),
    ("elections", "Right to take part in public affairs and to vote"),
    ("health", "Right to health"),
    ("migrants", "Migrants and refugees"),
    ("discrimination", "Equality and non-discrimination"),
    ("justice", "Independence of judges and a fair trial"),
    ("assembly", "Peaceful assembly and association"),
    ("children", "Rights of the child"),
    ("education", "Right to education"),
)
RATINGS = (
    "fully",
    "partially",
    "partially",
    "not",
    "not",
    "reversed",
    "cannot",
    "differ",
    "not_yet",
    "partially",
)
POSITIONS = (
    "supported",
    "supported",
    "noted",
    "supported",
    "supported_in_part",
    "supported",
    "noted",
    "supported",
)
STATES = ("Norland", "Estovia", "Westmark", "the Isles of Meer", "Kasterra", "Ondria", "Lower Vale")


def line(number: int = 1, **changes) -> RecommendationLine:
    """One invented recommendation, fully supported, nobody has assessed it."""
    theme = THEMES[number * number % 7 % len(THEMES) if number % 3 else number % len(THEMES)]
    values = {
        "reference": f"ZZR-2-124.{number}",
        "paragraph": f"124.{number}",
        "text": f"Invented recommendation {number}: take steps that exist only in this test",
        "url": f"{SITE}/recommendations/ZZR-2-124.{number}/",
        "document": "A/TEST/2/10",
        "states": (STATES[number % len(STATES)],),
        "position": "supported",
        "theme_code": theme[0],
        "theme": theme[1],
        "themes": (theme[1],),
    }
    return RecommendationLine(**(values | changes))


def finding(key: str = "1", rating: str = "not", **changes) -> Finding:
    """One invented finding without reasons."""
    return Finding(**({"key": key, "rating": rating, "organisation": "Invented Organisation"} | changes))


def summary(rows=None, **changes) -> CycleSummary:
    """An invented summary; without `rows` it is empty."""
    values = {
        "cycle": CycleFacts(
            reference="ZZR-2",
            state_name="Ruritania",
            state_code="ZZR",
            number=2,
            url=f"{SITE}/cycles/ZZR-2/",
            session=20,
            session_start=datetime.date(2014, 10, 27),
            session_end=datetime.date(2014, 11, 7),
            review_date=datetime.date(2014, 10, 30),
            adoption_date=datetime.date(2015, 3, 19),
            adoption_decision="0/000",
            documents=(
                DocumentLine(
                    symbol="A/TEST/2/10",
                    title="Report of the Working Group",
                    kind="working_group_report",
                    date=datetime.date(2014, 12, 10),
                    url="https://un.example/A/TEST/2/10",
                ),
                DocumentLine(symbol="A/TEST/2/10/Add.1", title="", symbol_is_inferred=True),
            ),
            milestones=(MilestoneLine(kind="review", title="Review", date=datetime.date(2014, 10, 30)),),
        ),
        "round": RoundFacts(
            id=1,
            title="Mid-term round",
            purpose="mid_term",
            cutoff_date=datetime.date(2018, 12, 31),
            deadline=datetime.date(2019, 3, 31),
            method_edition="1",
        ),
        "audience": "public",
        "language": "en",
        "made_at": datetime.datetime(2026, 3, 1, 9, 30, tzinfo=datetime.UTC),
        "rows": tuple(rows or ()),
        "organisations": ("Invented Organisation", "Another Invented Organisation"),
        "responsible": "Coalition of Invented Organisations; errors: errors@tracker.example",
        "site": SITE,
        "is_demo": True,
    }
    return CycleSummary(**(values | changes))


def rich_line(number: int) -> RecommendationLine:
    """One invented recommendation with everything that may stand in an entry."""
    outcome = RATINGS[number * 7 // 5 % len(RATINGS)]
    position = POSITIONS[number % len(POSITIONS)]
    cluster = number // 4
    endnotes = {n: n for n in range(1, 400)}
    first, second = 1 + cluster % 120, 1 + (cluster * 7 + 3) % 120
    reasons = narrative(
        f"Invented reasons of cluster {cluster}. Since the review the authorities have done what this sentence, "
        f"which is long enough to wrap over several lines of a page, says that they have done [E-{first}]. The law "
        f"of an invented date has not been applied in practice, as two independent sources report "
        f"[E-{second}, E-{first}].\n\nA second paragraph says what people in fact experience, in words such as "
        f"administrative detention, accessibility and non-discrimination [E-{second}].",
        endnotes,
    )
    rating = outcome if outcome not in ("differ", "not_yet") else "not"
    found = finding(
        key=f"c{cluster}",
        rating=rating,
        cluster=f"Cluster {cluster}",
        law="partially",
        policy="not_required",
        practice="not" if rating == "not" else "cannot",
        implemented_when="an invented law is in force and an invented authority applies it in every region",
        sentence=narrative(f"Of this recommendation alone it is said here [E-{second}].", endnotes)
        if number % 3 == 0
        else (),
        reasons=reasons,
        ask_next=narrative("In which regions has the invented authority begun its work?", endnotes),
        cannot_reason="sources" if rating == "cannot" else "",
        cannot_details=narrative("three letters to the invented ministry stayed unanswered", endnotes)
        if rating == "cannot"
        else (),
        cutoff_date=datetime.date(2018, 12, 31),
        went_backwards_in_part=number % 10 == 1,
        steps_under_way=rating == "not" and number % 2 == 0,
        single_source=number % 11 == 0,
    )
    other = replace(found, key=f"o{number}", rating="partially", organisation="Another Invented Organisation")
    return line(
        number,
        text=(
            f"Invented recommendation {number}: ensure that persons detained by the authorities of a State that "
            "does not exist can in law and in practice challenge the lawfulness of their detention, and publish "
            "the figures every year"
        ),
        text_kind="paraphrase" if number % 5 == 0 else "official",
        states=STATES[: 1 + number % 4],
        position=position,
        positions=(
            PositionLine(
                position="under_consideration",
                date=datetime.date(2014, 11, 4),
                document="A/TEST/2/10",
                locator="para. 124",
            ),
            PositionLine(
                position=position,
                date=datetime.date(2015, 3, 19),
                document="A/TEST/2/10/Add.1",
                locator="para. 3",
            ),
        ),
        groups=("Persons deprived of their liberty",) if number % 2 else (),
        sdgs=("16",),
        categories=(number % 5 + 1,),
        outcome=outcome,
        status="not_yet" if outcome == "not_yet" else "published",
        findings=() if outcome == "not_yet" else (found, other) if outcome == "differ" else (found,),
        spread=(
            SpreadLine(organisation="Invented Organisation", rating="not"),
            SpreadLine(organisation="", rating="partially"),
        )
        if outcome == "differ"
        else (),
        demands=(
            DemandLine(label="a", text="ensure in law", outcome="partially"),
            DemandLine(label="b", text="publish figures", outcome="not"),
        )
        if number % 6 == 0
        else (),
        claims=(
            ClaimLine(
                claim="implemented",
                quote="is considered implemented",
                source="A/TEST/2/10, para. 124",
                date=datetime.date(2014, 10, 30),
            ),
        )
        if number % 7 == 0
        else (),
        obligations=(
            ObligationLine(
                article="article 9", treaty="an invented covenant", since=datetime.date(2006, 4, 24)
            ),
        )
        if position == "noted"
        else (),
        evidence_count=number % 9,
        repeats=(RepeatLine(reference="ZZR-1-95.3", url=f"{SITE}/recommendations/ZZR-1-95.3/"),)
        if number % 8 == 0
        else (),
        cluster=f"Cluster {cluster}",
    )


def rich_summary(count: int = 60, **changes) -> CycleSummary:
    """An invented summary with everything that may occur, endnotes numbered in the order of the document."""
    values = {
        "rows": [rich_line(number) for number in range(1, count + 1)],
        "un_totals": UnTotals(received=count, supported=count - 10, noted=10, source="A/TEST/2/10"),
        "totals_note": "The UN counts an invented recommendation twice.",
        "cluster_coverage": StatusCounts(not_yet=2, draft=1, in_review=1, approved=3, published=9),
        "endnotes": tuple(
            Endnote(
                number=number,
                reference=f"E-{number}",
                title=f"Invented evidence {number} on what the authorities did",
                kind="ngo_report",
                check="checked",
                publisher="Invented Institute",
                source_url=f"https://source.example/{number}?a=1&b=2",
                published=datetime.date(2017, 5, 1),
                accessed=datetime.date(2018, 1, 2),
                url=f"{SITE}/evidence/E-{number}/",
            )
            for number in range(1, 400)
        ),
        "indicators": (
            IndicatorSeries(
                title="Invented figure followed over time",
                unit="persons",
                url=f"{SITE}/indicators/invented/",
                definition="Persons of whom this test says something, counted at the end of a year.",
                target=Decimal(120),
                target_note="an invented plan, item 4",
                points=(
                    ObservationPoint(
                        when="2016",
                        on=datetime.date(2016, 12, 31),
                        value=Decimal(31),
                        source="Invented Institute",
                    ),
                    ObservationPoint(
                        when="2017",
                        on=datetime.date(2017, 12, 31),
                        value=Decimal(54),
                        source="Invented Institute",
                    ),
                    ObservationPoint(
                        when="2018",
                        on=datetime.date(2018, 12, 31),
                        value=Decimal(83),
                        source="Invented Institute",
                        note="new count",
                    ),
                ),
                recommendations=("ZZR-2-124.1", "ZZR-2-124.2"),
            ),
        ),
        "withheld": Withheld(anything=True, count=3),
    }
    return in_document_order(summary(**(values | changes)))
