"""Where a State's files are found, what each brings, and in which order to load them."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from recommendations.access import policy
from recommendations.catalogue.models import Document, State
from recommendations.vocabulary import DocumentKind, TextLanguage
from recommendations.web.alphabet import InAlphabet

# OHCHR's page of a State lists all of its reviews with their documents, and the thematic list of each.
_STATE_PAGE = "https://www.ohchr.org/en/hr-bodies/upr/{iso2}-index"
_ALL_STATES = "https://www.ohchr.org/en/hr-bodies/upr/documentation"
_DOCUMENT = "https://docs.un.org/{language}/{symbol}"
_UHRI = "https://uhri.ohchr.org/en/search-human-rights-recommendations"
_UPR_INFO = "https://upr-info-database.uwazi.io/"
# The languages of the UN's documents; the first counts for the recommendations themselves.
_UN_LANGUAGES = ("en", "ru", "fr", "es", "ar", "zh")


@dataclass
class Place:
    """An address and what stands there; ``note`` is a word of caution."""

    label: str
    address: str
    note: str = ""


@dataclass
class Step:
    """One kind of file, in the order of loading."""

    title: str
    brings: str
    how: str
    places: list[Place] = field(default_factory=list)


def steps(state: State, reports: list[Document], language: str) -> list[Step]:
    """What to load for a State, the first first; ``language`` is the reader's."""
    page = _STATE_PAGE.format(iso2=state.iso2.lower()) if state.iso2 else _ALL_STATES
    second = language if language in _UN_LANGUAGES[1:] else "ru"
    return [
        Step(
            _("OHCHR's thematic list of a review (Word)"),
            _(
                "Paragraphs, English texts, recommending States, the State's answer and where it "
                "stands, themes, groups, SDGs."
            ),
            _(
                "On OHCHR's page of the State, under the review: “Matrix of recommendations” or "
                "“Thematic list”. Load it first, one file for each cycle."
            ),
            [Place(_("OHCHR's page on %(state)s") % {"state": state.name}, page)],
        ),
        Step(
            _("The Working Group's report in English (PDF or Word)"),
            _(
                "The same paragraphs as the UN adopted them, the answers from the report's own words, "
                "and what the State claims to have done already."
            ),
            _(
                "Load it after the list, or instead of it where there is none. What is not certain in "
                "it you look at before it is saved."
            ),
            [_report(document, "en") for document in reports],
        ),
        Step(
            _("The same report in %(language)s") % {"language": str(TextLanguage(second).label)},
            _(
                "The official text in that language, joined by paragraph. With another number of "
                "paragraphs or States nothing is taken."
            ),
            _("Load it after the English one, never before."),
            [_report(document, second) for document in reports],
        ),
        Step(
            _("An export of the Universal Human Rights Index (Excel or JSON)"),
            _(
                "OHCHR's identifiers and themes for what is here, and the recommendations of treaty "
                "bodies and special procedures."
            ),
            _(
                "Search for the State under “Countries”, then export the results to Excel. A file on "
                "all States works too: only the chosen State is taken."
            ),
            [Place(_("Search of the Index"), _UHRI)],
        ),
        Step(
            _("UPR Info's export (CSV or Excel)"),
            _(
                "The action category from 1 to 5 of each recommending State, and UPR Info's issues as "
                "themes and groups."
            ),
            _("Load it last: its rows have no paragraphs and are joined to what is here by their words."),
            [Place(_("UPR Info's database"), _UPR_INFO)],
        ),
    ]


def _report(document: Document, language: str) -> Place:
    assert document.cycle is not None
    note = _("symbol inferred from the series: check it") if document.is_inferred else ""
    address = _DOCUMENT.format(language=language, symbol=document.symbol)
    return Place(f"{document.cycle.key}: {document.symbol}", address, note)


@require_safe
def import_where(request: HttpRequest) -> HttpResponse:
    """Where to get the files: for the State that is followed, or the one that is asked for."""
    policy.require(request.user, "import.run")
    states = State.objects.visible_to(request.user)
    code = request.GET.get("state", "")
    state = (
        get_object_or_404(states, code=code)
        if code
        else states.filter(is_followed=True).first() or states.first()
    )
    reports = Document.objects.visible_to(request.user).filter(
        state=state, kind=DocumentKind.WORKING_GROUP_REPORT, cycle__isnull=False
    )
    context = {
        "state": state,
        "states": states.order_by(InAlphabet("name_en", "name_ru", "name_kk")),
        "steps": steps(
            state, list(reports.select_related("cycle").order_by("-cycle__number")), get_language() or "en"
        )
        if state
        else [],
    }
    return render(request, "imports/import_where.html", context)
