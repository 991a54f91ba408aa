"""One address for each kind of page, found by following links as different people."""

import html
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve

# Who looks around, the one who sees most first; None has not signed in.
PEOPLE = ("coordinator@example.org", "editor@example.org", "reviewer@example.org", "admin@example.org", None)
STARTS = ("/", "/accounts/login/", "/accounts/password/reset/", "/profile/", "/styleguide/")
MOST_PAGES = 400
MOST_OF_A_KIND = 2  # a page of a kind may be empty where the next one is full
LINK = re.compile(r'\b(?:href|hx-get)="([^"]+)"')
NOT_FOLLOWED = re.compile(r"^/(static|admin|language|accounts/logout)|/(download|remove|withdraw)/")


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the kind of content, the text of a page."""

    status: int
    kind: str
    text: str


@dataclass(frozen=True)
class Page:
    """A page of one kind, and who sees it."""

    kind: str
    path: str
    email: str | None


class _Staying(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *details: object, **more: object) -> None:
        return None


OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Staying)


def get(url: str, session: str | None) -> Answer:
    """Ask for an address as the owner of a session, following no redirection."""
    request = urllib.request.Request(url, headers={"Cookie": f"sessionid={session}"} if session else {})
    try:
        with OPENER.open(request, timeout=60) as answer:
            kind = answer.headers.get_content_type()
            return Answer(answer.status, kind, answer.read().decode() if kind == "text/html" else "")
    except urllib.error.HTTPError as refused:
        with refused:
            return Answer(refused.code, refused.headers.get_content_type(), "")


def kind_of(path: str) -> str | None:
    """The name of the address's pattern; None for what is no address of ours."""
    try:
        return resolve(urlsplit(path).path).url_name
    except Resolver404:
        return None


def look_around(base: str, email: str | None, session: str | None) -> dict[str, list[str]]:
    """Follow the links of complete pages; returns addresses by kind, a few of each."""
    found: dict[str, list[str]] = {}
    todo = list(STARTS)
    seen = set(todo)
    asked = 0
    while todo and asked < MOST_PAGES:
        path = todo.pop(0)
        kind = kind_of(path)
        if kind is None or len(found.get(kind, ())) >= MOST_OF_A_KIND:
            continue
        asked += 1
        answer = get(base + path, session)
        if answer.status != 200 or "<html" not in answer.text:
            continue
        found.setdefault(kind, []).append(path)
        for link in LINK.findall(answer.text):
            target = urlsplit(urljoin(base + path, html.unescape(link)))
            following = target.path + (f"?{target.query}" if target.query else "")
            ours = f"{target.scheme}://{target.netloc}" == base and not NOT_FOLLOWED.search(target.path)
            if ours and following not in seen:
                seen.add(following)
                todo.append(following)
    return found


def every_kind(base: str, sessions: dict[str | None, str | None]) -> list[Page]:
    """Pages of every kind that somebody reaches, each as the first person of PEOPLE who does."""
    pages: dict[str, list[Page]] = {}
    for email in PEOPLE:
        for kind, paths in look_around(base, email, sessions[email]).items():
            if kind not in pages:
                pages[kind] = [Page(kind, path, email) for path in paths]
    return [page for kind in sorted(pages) for page in pages[kind]]
