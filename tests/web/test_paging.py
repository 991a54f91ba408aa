"""A long list comes in pages with links to the first, previous, next and last one."""

from collections.abc import Callable

import pytest
from django.http import HttpRequest, QueryDict
from django.test import RequestFactory

from recommendations.web.pages import Pager, paged, wants_fragment
from recommendations.web.queries import changed_query, without


@pytest.fixture
def get() -> Callable[..., HttpRequest]:
    return RequestFactory().get


def page(get: Callable[..., HttpRequest], query: str, rows: int = 130) -> Pager:
    return paged(get(f"/list/?{query}"), list(range(rows)))


def test_the_first_page_leads_on_and_not_back(get: Callable[..., HttpRequest]) -> None:
    pager = page(get, "q=media")
    assert (pager.first, pager.previous) == (None, None)
    assert (pager.next, pager.last) == ("?q=media&page=2", "?q=media&page=3")
    assert (pager.start, pager.end, pager.total) == (1, 50, 130)


def test_the_address_of_the_first_page_names_no_page(get: Callable[..., HttpRequest]) -> None:
    pager = page(get, "q=media&page=2")
    assert pager.first == pager.previous == "?q=media"


def test_the_last_page_leads_back_and_not_on(get: Callable[..., HttpRequest]) -> None:
    pager = page(get, "page=3")
    assert (pager.next, pager.last) == (None, None)
    assert list(pager.items) == list(range(100, 130))


@pytest.mark.parametrize(("asked", "given"), [("0", 3), ("-4", 3), ("99", 3), ("abc", 1), ("", 1)])
def test_a_page_that_does_not_exist_gives_the_nearest_there_is(
    get: Callable[..., HttpRequest], asked: str, given: int
) -> None:
    assert page(get, f"page={asked}").number == given


@pytest.mark.parametrize(
    ("asked", "given"), [("25", 25), ("200", 200), ("1000000", 50), ("7", 50), ("x", 50), ("²", 50)]
)
def test_only_offered_page_sizes_are_taken(get: Callable[..., HttpRequest], asked: str, given: int) -> None:
    assert page(get, f"size={asked}").size == given


def test_choosing_a_size_keeps_every_other_value_of_the_query(get: Callable[..., HttpRequest]) -> None:
    pager = page(get, "theme=1&theme=2&page=2&size=25")
    assert pager.hidden == (("theme", "1"), ("theme", "2"))


def test_a_known_count_is_not_counted_again(get: Callable[..., HttpRequest]) -> None:
    class Uncountable(list[int]):
        def __len__(self) -> int:
            raise AssertionError("counted")

        count = None  # type: ignore[assignment]

    assert paged(get("/list/"), Uncountable(range(60)), count=60).pages == 2


def test_an_empty_list_is_one_empty_page(get: Callable[..., HttpRequest]) -> None:
    pager = page(get, "page=4", rows=0)
    assert (pager.number, pager.start, pager.total) == (1, 0, 0)


def test_a_removed_filter_value_leaves_its_neighbours_and_starts_at_the_first_page() -> None:
    assert without(QueryDict("theme=1&theme=2&q=a&page=3"), "theme", 1) == "?theme=2&q=a"


def test_the_last_removed_value_leaves_a_link_to_the_bare_page() -> None:
    assert without(QueryDict("theme=1"), "theme", "1") == "?"


def test_changing_a_value_keeps_the_others() -> None:
    assert changed_query(QueryDict("q=a&page=2"), sort="-date") == "?q=a&sort=-date"


@pytest.mark.parametrize(
    ("headers", "fragment"),
    [
        ({}, False),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_htmx_is_given_the_fragment_except_on_the_way_back(
    get: Callable[..., HttpRequest], headers: dict[str, str], fragment: bool
) -> None:
    assert wants_fragment(get("/list/", headers=headers)) is fragment
