"""Answers: a page or only its part that changes, and the pages of a long list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from recommendations.web.queries import changed_query

PAGE_SIZES = (25, 50, 100, 200)
PAGE_SIZE = 50


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page; going back in the history it needs the whole."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"


def render_page(
    request: HttpRequest,
    page: str,
    fragment: str,
    context: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """The page, or its fragment for htmx: the page includes the fragment, so both are the same bytes."""
    template = fragment if wants_fragment(request) else page
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


@dataclass(frozen=True)
class Pager:
    """One page of a list with the addresses of its neighbours; `items` is what the page shows."""

    page: Page
    size: int
    total: int
    first: str | None
    previous: str | None
    next: str | None
    last: str | None
    hidden: tuple[tuple[str, str], ...]

    @property
    def items(self) -> Any:
        """The rows of this page."""
        return self.page.object_list

    @property
    def number(self) -> int:
        """Which page this is, from 1."""
        return self.page.number

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return self.page.paginator.num_pages

    @property
    def start(self) -> int:
        """The first row's number in the whole list, from 1 (0 where the list is empty)."""
        return self.page.start_index()

    @property
    def end(self) -> int:
        """The last row's number in the whole list."""
        return self.page.end_index()

    @property
    def sizes(self) -> tuple[int, ...]:
        """The page sizes one may choose."""
        return PAGE_SIZES


class CountedPaginator(Paginator):
    """A paginator that is told the count, where the view has counted already."""

    def __init__(self, object_list: Any, per_page: int, *, count: int | None = None) -> None:
        super().__init__(object_list, per_page)
        if count is not None:
            self.count = count  # type: ignore[misc]  # shadows the cached property


def paged(request: HttpRequest, rows: Any, *, count: int | None = None, size: int = PAGE_SIZE) -> Pager:
    """The page that `?page=` and `?size=` ask for; a wrong or too high number gives the nearest page there is.

    `rows` is an ordered QuerySet or a list; `count`, when known, saves counting again.
    """
    asked = request.GET.get("size", "")
    if asked.isdecimal() and int(asked) in PAGE_SIZES:
        size = int(asked)
    page = CountedPaginator(rows, size, count=count).get_page(request.GET.get("page"))
    last = page.paginator.num_pages

    def address(number: int) -> str:
        return changed_query(request.GET, page=number if number > 1 else None)

    return Pager(
        page=page,
        size=size,
        total=page.paginator.count,
        first=address(1) if page.number > 1 else None,
        previous=address(page.number - 1) if page.has_previous() else None,
        next=address(page.number + 1) if page.has_next() else None,
        last=address(last) if page.number < last else None,
        hidden=tuple(
            (key, value)
            for key, values in request.GET.lists()
            if key not in ("page", "size")
            for value in values
        ),
    )
