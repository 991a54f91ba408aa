"""Questions to the list: whole pages as a signed-in person gets them, beside the same questions in raw SQL."""

from __future__ import annotations

import gzip
import re
from typing import Any

from django.db import connection
from django.db.models import Count
from django.http import QueryDict
from django.test import Client

from recommendations.catalogue.models import AffectedGroup, Recommendation, State, Theme
from recommendations.overview import counted, search
from recommendations.overview.tallies import tallies
from recommendations.words.stems import query_terms
from tests.benchmarks import raw_sql
from tests.benchmarks.figures import MS, Bar, Figure, median_ms, medians
from tests.benchmarks.generated import COMMON_WORD, RARER_WORD, STATE

PAGE_4000 = 4000


def signed_in(person: Any) -> Client:
    """A browser of that person's, on the address that the site answers to."""
    client = Client(SERVER_NAME="127.0.0.1", headers={"accept-encoding": "gzip"})
    client.force_login(person)
    return client


def measure(kind: str, person: Any) -> list[Figure]:
    """The list, the search, a page far behind, and counts over everything."""
    client = signed_in(person)

    def page(address: str) -> Any:
        answer = client.get(f"/recommendations/{address}")
        if answer.status_code != 200:
            raise SystemExit(f"/recommendations/{address} answered {answer.status_code}")
        return answer

    return [
        *_list_of_one_state(kind, page),
        *_searches(kind, page),
        *_everything(kind, page),
        _counts(kind, person),
    ]


def _list_of_one_state(kind: str, page: Any) -> list[Figure]:
    state = State.objects.get(code=STATE)
    themes = _frequent(Recommendation.themes.through, "theme", Theme, state, 12)
    groups = _frequent(Recommendation.groups.through, "affectedgroup", AffectedGroup, state, 10)
    query = QueryDict(mutable=True)
    query.update({"state": STATE, "position": "supported"})
    query.setlist("theme", [theme.code for theme in themes])
    query.setlist("group", [group.code for group in groups])
    address = f"?{query.urlencode()}"
    selection = raw_sql.Selection(
        {
            "state": ("r.state_id = %s", [state.pk]),
            "position": ("r.position = 'supported'", []),
            "theme": raw_sql.one_of(f"{raw_sql.R}_themes", "theme_id", [theme.pk for theme in themes]),
            "group": raw_sql.one_of(f"{raw_sql.R}_groups", "affectedgroup_id", [row.pk for row in groups]),
        }
    )
    hits = _same(page(address), selection)

    def raw() -> None:
        raw_sql.count(selection)
        raw_sql.page(selection)
        raw_sql.facets(selection)

    return _asked_anew_and_again(
        "list",
        f"list of one State, three filters, {hits} hits, all counts, whole page",
        kind,
        lambda: page(address),
        raw,
        Bar(100 if connection.vendor == "sqlite" else 60, 3),
    )


def _asked_anew_and_again(
    key: str, what: str, kind: str, ours: Any, raw: Any, bar: Bar, *, times: int = 11
) -> list[Figure]:
    """The page whose counts nobody asked for since the last change, and the page that was asked for before."""

    def anew() -> None:
        counted.forget()
        ours()

    raw_ms = median_ms(raw, times=times)
    figures = []
    for name, work, note in ((key, anew, "first time"), (f"{key}_again", ours, "again")):
        taken, busy = medians(work, times=times)
        figures.append(Figure(name, what, kind, MS, taken, raw=raw_ms, bar=bar, note=note, busy=busy))
    return figures


def _frequent(through: Any, column: str, model: Any, state: State, most: int) -> list[Any]:
    links = through.objects.filter(recommendation__state=state).values_list(column)
    found = links.annotate(n=Count("pk")).order_by("-n", column)[:most]
    return list(model.objects.filter(pk__in=[pk for pk, _n in found]))


def _searches(kind: str, page: Any) -> list[Figure]:
    figures = []
    for key, words in (("search", f"{COMMON_WORD} {RARER_WORD}"), ("search_common", COMMON_WORD)):
        asked = search._QUERY[connection.vendor](query_terms(words))
        selection = raw_sql.Selection(search=raw_sql.holds(asked))
        address = f"?q={words.replace(' ', '+')}"
        hits = _same(page(address), selection)
        ranked = hits <= search.MOST_RANKED

        def raw(selection: Any = selection, asked: str = asked, ranked: bool = ranked) -> None:
            raw_sql.count(selection)
            raw_sql.best(asked) if ranked else raw_sql.page(selection)
            raw_sql.facets(selection)

        figures += _asked_anew_and_again(
            key,
            f"search over all States, {hits:,} hits, all counts, whole page",
            kind,
            lambda address=address: page(address),
            raw,
            Bar(150, 2.5),
            times=7,
        )
    return figures


def _everything(kind: str, page: Any) -> list[Figure]:
    selection = raw_sql.Selection()
    total = _same(page(""), selection)
    last = min(PAGE_4000, total // raw_sql.PAGE)
    figures = []
    for key, number, what, bar in (
        ("first_page", 1, "list of everything, all counts, first page", Bar()),
        ("page_4000", last, f"page {last:,} of the list of everything, all counts", Bar(60)),
    ):

        def raw(number: int = number) -> None:
            raw_sql.count(selection)
            raw_sql.page(selection, offset=(number - 1) * raw_sql.PAGE)
            raw_sql.facets(selection)

        figures += _asked_anew_and_again(
            key, what, kind, lambda number=number: page(f"?page={number}"), raw, bar, times=5
        )
    return figures


def _counts(kind: str, person: Any) -> Figure:
    """What the list of everything shows beside its filters for cycle and position, counted anew."""
    rows = Recommendation.objects.visible_to(person)
    taken, busy = medians(lambda: tallies(rows, ("cycle", "position")))
    return Figure(
        "counts",
        "counts by position and by cycle over everything",
        kind,
        MS,
        taken,
        busy=busy,
        raw=median_ms(raw_sql.positions_by_cycle),
        bar=Bar(60),
    )


def _same(answer: Any, selection: raw_sql.Selection) -> int:
    """Whether page and raw SQL found the same number; returns it."""
    told = re.search(rb'class="list-count"[^>]*><b class="num">(\d+)</b>', _plain(answer))
    ours, theirs = int(told[1]) if told else 0, raw_sql.count(selection)
    if ours != theirs or not ours:
        raise SystemExit(f"the page found {ours} recommendations, raw SQL {theirs}")
    return ours


def _plain(answer: Any) -> bytes:
    return gzip.decompress(answer.content) if answer.get("Content-Encoding") == "gzip" else answer.content
