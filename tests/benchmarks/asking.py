"""Questions to the list: whole pages as a signed-in person gets them, beside the same questions in raw SQL."""

from __future__ import annotations

import gzip
import re
from typing import Any

from django.db import connection
from django.http import QueryDict
from django.test import Client

from recommendations.catalogue.models import Recommendation, ReviewCycle, Theme
from recommendations.overview import facets, search
from recommendations.overview.filters import RecommendationFilter
from recommendations.words.stems import query_terms
from tests.benchmarks import raw_sql
from tests.benchmarks.figures import MS, Bar, Figure, median_ms
from tests.benchmarks.generated import COMMON_WORD, RARER_WORD, STATE, SUMMARY_CYCLE

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
        _list_of_one_state(kind, page),
        *_searches(kind, page),
        *_everything(kind, page),
        _counts(kind, person),
    ]


def _list_of_one_state(kind: str, page: Any) -> Figure:
    cycle = ReviewCycle.objects.get(key=SUMMARY_CYCLE)
    theme = Theme.objects.get(pk=_most_frequent_theme(cycle))
    address = f"?state={STATE}&cycle={SUMMARY_CYCLE}&position=supported&theme={theme.code}"
    selection = raw_sql.Selection(
        {
            "state": ("r.state_id = %s", [cycle.state_id]),
            "cycle": ("r.cycle_id = %s", [cycle.pk]),
            "position": ("r.position = 'supported'", []),
            "theme": raw_sql.theme_is(theme.pk),
        }
    )
    _same(page(address), selection)

    def raw() -> None:
        raw_sql.count(selection)
        raw_sql.page(selection)
        raw_sql.facets(selection)

    return Figure(
        "list",
        "list of one State, three filters, all counts, whole page",
        kind,
        MS,
        median_ms(lambda: page(address)),
        raw=median_ms(raw),
        bar=Bar(100 if connection.vendor == "sqlite" else 60, 3),
    )


def _most_frequent_theme(cycle: ReviewCycle) -> int:
    links = Recommendation.themes.through.objects.filter(recommendation__cycle=cycle)
    themes = list(links.values_list("theme_id", flat=True))
    return max(sorted(set(themes)), key=themes.count)


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

        figures.append(
            Figure(
                key,
                f"search over all States, {hits:,} hits, all counts, whole page",
                kind,
                MS,
                median_ms(lambda address=address: page(address), times=7),
                raw=median_ms(raw, times=7),
                bar=Bar(150, 2.5),
            )
        )
    return figures


def _everything(kind: str, page: Any) -> list[Figure]:
    selection = raw_sql.Selection()
    total = _same(page(""), selection)
    last = min(PAGE_4000, total // raw_sql.PAGE)
    figures = []
    for key, number, what in (
        ("first_page", 1, "list of everything, all counts, first page"),
        ("page_4000", last, f"page {last:,} of the list of everything, all counts"),
    ):

        def raw(number: int = number) -> None:
            raw_sql.count(selection)
            raw_sql.page(selection, offset=(number - 1) * raw_sql.PAGE)

        def all_of_it(raw: Any = raw) -> None:
            raw()
            raw_sql.facets(selection)

        figures.append(
            Figure(
                key,
                what,
                kind,
                MS,
                median_ms(lambda number=number: page(f"?page={number}"), times=5),
                raw=median_ms(all_of_it, times=5),
                bar=Bar(60),
                note=f"raw without the counts beside the filters {median_ms(raw, times=5):.0f} ms",
            )
        )
    return figures


def _counts(kind: str, person: Any) -> Figure:
    """Both facets, of everything: what the list shows beside its filters."""

    def ours() -> None:
        selection = RecommendationFilter(QueryDict(), reader=person)
        rows = selection.rows()
        for name in ("cycle", "position"):
            facets.COUNTERS[name](selection, rows)

    return Figure(
        "counts",
        "counts by position and cycle over everything",
        kind,
        MS,
        median_ms(ours),
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
