"""Every part of the pages in every state, so that one sees at once what a change of the look does."""

from __future__ import annotations

import datetime
from typing import Any, NamedTuple

from crispy_forms.helper import FormHelper
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations import charts
from recommendations.catalogue.phases import Step
from recommendations.organisations.seeing import Seeing
from recommendations.overview.lines import OUTCOMES
from recommendations.vocabulary import (
    AssessmentStatus,
    Confidentiality,
    CyclePhase,
    PositionKind,
    Rating,
    TestRating,
)
from recommendations.web.pages import paged
from recommendations.web.queries import without
from recommendations.words.compare import word_differences


class Happening(NamedTuple):
    """One line of a time line or a history."""

    when: datetime.date
    title: str
    text: str = ""
    now: bool = False
    who: str = ""

    @property
    def words(self) -> str:
        """The history's name for what happened."""
        return self.title


class SampleForm(forms.Form):
    """One field of each kind that the product's forms use."""

    title = forms.CharField(
        label=gettext_lazy("Title"), help_text=gettext_lazy("As it stands on the document.")
    )
    day = forms.DateField(
        label=gettext_lazy("Date"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    position = forms.ChoiceField(label=gettext_lazy("Position"), choices=PositionKind.choices)
    rating = forms.ChoiceField(label=gettext_lazy("Rating"), choices=Rating.choices, widget=forms.RadioSelect)
    file = forms.FileField(label=gettext_lazy("File"), required=False)
    reasons = forms.CharField(
        label=gettext_lazy("Reasons"), widget=forms.Textarea(attrs={"rows": 4}), required=False
    )
    steps = forms.BooleanField(label=gettext_lazy("Steps under way"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False


def _phases(today: datetime.date) -> list[Step]:
    """Three phases of a cycle: one that is over, the present one, one to come."""
    began, ends = today - datetime.timedelta(days=30), today + datetime.timedelta(days=30)
    return [
        Step(CyclePhase.COLLECTING, None, began, False),
        Step(CyclePhase.DRAFTING, began, ends, True),
        Step(CyclePhase.REVIEWING, ends, None, False),
    ]


def styleguide(request: HttpRequest) -> HttpResponse:
    """The page of parts; its rows are samples, none is read from the database."""
    today = timezone.localdate()
    return render(
        request,
        "styleguide/page.html",
        {
            "ratings": [*OUTCOMES, TestRating.NOT_REQUIRED.value],
            "positions": [*PositionKind.values, ""],
            "statuses": AssessmentStatus.values,
            "levels": Confidentiality.values,
            "pager": paged(request, range(1, 1001), size=50),
            "chips": [
                {"name": _("Cycle"), "value": "KAZ-2", "url": without(request.GET, "cycle", 2)},
                {
                    "name": _("Position"),
                    "value": PositionKind.NOTED.label,
                    "url": without(request.GET, "position", "noted"),
                },
            ],
            "facets": [("supported", 144), ("noted", 50), ("under_consideration", 0)],
            "facts": [
                (_("Document"), "A/HRC/28/10", "#"),
                (_("Paragraph"), "124.26"),
                (_("Cycle"), "KAZ-2", "#"),
                (_("Responsible State body"), ""),
            ],
            "actions": [
                {"label": _("Submit"), "url": "#", "primary": True, "link": True},
                {"label": _("Edit"), "url": "#", "link": True},
                {
                    "label": _("Approve"),
                    "url": "#",
                    "refusal": _("You wrote this assessment: another reviewer approves it."),
                },
                {"label": _("Withdraw"), "url": "#", "danger": True, "link": True},
            ],
            "happenings": [
                Happening(
                    today,
                    _("Approved"),
                    _("Evidence up to this day was considered."),
                    now=True,
                    who=_("A reviewer"),
                ),
                Happening(today - datetime.timedelta(days=9), _("Submitted"), who=_("An editor")),
                Happening(today - datetime.timedelta(days=30), _("Draft begun"), who=_("An editor")),
            ],
            "phases": _phases(today),
            "conflict": [{"label": _("Title"), "theirs": _("A law on assemblies"), "yours": ""}],
            "seeing": Seeing(
                names=(),
                counts=(
                    (_("An organisation"), _("reviewer"), 2),
                    (_("no organisation"), _("coordinator"), 1),
                ),
                total=3,
                audiences=((_("Members of the coalition"), True), (_("The public"), False)),
            ),
            "changes": word_differences(
                _("By the cut-off date no part of it is in place."),
                _("By the cut-off date one part of it is in place, but not applied."),
            ),
            "squares": charts.squares_by_group(sample_groups()),
            "comparison": [
                charts.squares_picture(
                    sample_groups(),
                    title=f"KAZ-{cycle}",
                    description=_("A sample"),
                    columns=16,
                    prefix=f"c{cycle}",
                )
                for cycle in (1, 2, 3, 4)
            ],
            "legend": [
                charts.LegendEntry(charts.legend_square(code), words)
                for code, words in zip(OUTCOMES, outcome_words(), strict=True)
            ]
            + [
                charts.LegendEntry(charts.legend_square("not", noted=True), _("noted (outlined)")),
                charts.LegendEntry(
                    charts.legend_square("not", repeated=True), _("repeated from an earlier cycle")
                ),
            ],
            "line": charts.both_widths(
                charts.line_chart,
                [
                    charts.Point(datetime.date(2017, 12, 31), 54, "2017", "54"),
                    charts.Point(datetime.date(2018, 12, 31), 83, "2018", "83"),
                ],
                title=_("Persons convicted of incitement"),
                unit=_("persons"),
                target=charts.Target(0, _("target 0")),
            ),
            "line_columns": [_("Year"), _("Persons")],
            "line_rows": [("2017", "54"), ("2018", "83")],
            "stacked": charts.both_widths(charts.stacked_bars, sample_bars(), title=_("Ratings by theme")),
            "bars": charts.both_widths(
                charts.bar_chart,
                [
                    charts.Bar(str(PositionKind.SUPPORTED.label), 144, "144"),
                    charts.Bar(str(PositionKind.NOTED.label), 50, "50"),
                ],
                title=_("Positions"),
            ),
            "coverage": charts.both_widths(
                charts.coverage_bar, sample_coverage(), title=_("Coverage"), wide=1080
            ),
            "milestones": charts.both_widths(
                charts.milestone_line,
                sample_milestones(),
                title=_("Milestones"),
                today=datetime.date(2016, 5, 1),
                today_shown=_("today"),
                wide=1080,
            ),
            "form": SampleForm(),
            "wrong_form": SampleForm({"title": "", "rating": ""}, prefix="wrong"),
            "trouble": _("One setting is missing."),
        },
    )


def outcome_words() -> list[str]:
    """The words of OUTCOMES in their order."""
    return [*map(str, Rating.labels), _("Organisations differ"), _("Not yet assessed")]


def sample_groups() -> list[charts.SquareGroup]:
    """Squares in every look, in groups of different sizes."""
    groups = []
    for theme, (label, size) in enumerate(
        [
            (_("Freedom of expression"), 34),
            (_("Elections"), 8),
            (_("Disability"), 15),
            (_("Health and HIV"), 11),
        ]
        + [
            (_("Torture and ill-treatment"), 27),
            (_("Women"), 23),
            (_("Migrants"), 4),
            (_("Discrimination"), 19),
        ]
    ):
        squares = tuple(
            charts.Square(
                rating=OUTCOMES[(index * 5 + theme) % 7 if index % 4 else 2],
                name=_("Sample %(number)d") % {"number": index + 1},
                url="#squares",
                noted=index % 5 == 3,
                repeated=index % 6 == 1,
            )
            for index in range(size)
        )
        groups.append(charts.SquareGroup(label, squares, url="#squares"))
    return groups


def sample_bars() -> list[charts.StackedBar]:
    """Three themes with few, many and one kind of rating."""
    words = outcome_words()
    amounts = {
        _("Freedom of expression and access to information"): (3, 8, 20, 4, 1, 2, 5),
        _("Elections"): (0, 1, 6, 0, 0, 0, 1),
        _("Torture and ill-treatment"): (2, 9, 7, 0, 3, 1, 8),
    }
    return [
        charts.StackedBar(
            theme,
            tuple(
                charts.Segment(code, word, count)
                for code, word, count in zip(OUTCOMES, words, counts, strict=True)
            ),
        )
        for theme, counts in amounts.items()
    ]


def sample_coverage() -> list[charts.Segment]:
    """A round half-way."""
    steps = [_("not yet assessed"), _("draft"), _("in review"), _("approved"), _("published")]
    counts = (96, 22, 14, 40, 22)
    return [
        charts.Segment(f"step{number}", words, count)
        for number, (words, count) in enumerate(zip(steps, counts, strict=True), start=1)
    ]


def sample_milestones() -> list[charts.MilestoneMark]:
    """The second cycle of Kazakhstan, whose dates are in A/HRC/28/10 and decision 28/106."""
    days = [
        (datetime.date(2014, 10, 30), _("Review"), False),
        (datetime.date(2015, 3, 19), _("Adoption by the Human Rights Council"), False),
        (datetime.date(2017, 9, 19), _("Mid-term report"), True),
    ]
    return [
        charts.MilestoneMark(day, words, f"{day:%d.%m.%Y}" if not estimated else f"≈ {day:%m.%Y}", estimated)
        for day, words, estimated in days
    ]
