"""The editor's text saves by itself, and nothing that was typed gets lost when it cannot.

The script is the real one in a real browser; the answers are those of a server that one cannot order from the real
one at the right moment: none at all, a refusal, somebody else's change.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from playwright.sync_api import Browser, Page, Route, expect

ADDRESS = "http://editor.test/"
SCRIPT = (Path(settings.BASE_DIR) / "tracker/static/js/site.js").read_text()
Answer = Callable[[Route], None]


class Server:
    """Answers the saving as the test says, and remembers what it was sent."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.answer: Answer = self.saved

    def saved(self, route: Route) -> None:
        """The revision goes up by one."""
        body = {"revision": 7 + len(self.sent), "saved_at": "14:02"}
        route.fulfill(status=200, content_type="application/json", body=json.dumps(body))

    def handle(self, route: Route) -> None:
        """Keeps the posted form, then answers."""
        self.sent.append(route.request.post_data or "")
        self.answer(route)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def editor(browser: Browser, server: Server) -> Iterator[Page]:
    """A page with an editor, its clock in the test's hands."""
    state = render_to_string("components/_save_state.html", {})
    form = f"""<!doctype html><html lang="en"><title>Editor</title><script defer src="/site.js"></script><body>
        <form method="post" action="/submit/" data-autosave="/autosave/"><input type="hidden" name="revision" value="7">
        <textarea name="text" data-cite-here></textarea>{state}<button>Submit</button></form>
        <button type="button" class="only-script" hidden data-cite="E-12">Cite</button></body></html>"""
    context = browser.new_context()
    page = context.new_page()
    page.clock.install()
    page.route(ADDRESS, lambda route: route.fulfill(content_type="text/html", body=form))
    page.route(f"{ADDRESS}site.js", lambda route: route.fulfill(content_type="text/javascript", body=SCRIPT))
    page.route(f"{ADDRESS}autosave/", server.handle)
    page.route(
        f"{ADDRESS}submit/", lambda route: route.fulfill(content_type="text/html", body="<h1>done</h1>")
    )
    page.goto(ADDRESS)
    yield page
    context.close()


def say(words: str) -> str:
    return f"[data-save-state]:has-text('{words}')"


def test_some_seconds_after_typing_the_text_is_saved_and_the_time_is_said(
    editor: Page, server: Server
) -> None:
    editor.locator("textarea").press_sequentially("In law nothing changed.")
    expect(editor.locator(say("not saved yet"))).to_be_visible()
    assert server.sent == []
    editor.clock.run_for(3000)
    expect(editor.locator(say("saved 14:02"))).to_be_visible()
    assert len(server.sent) == 1
    assert "In law nothing changed." in server.sent[0]


def test_each_saving_sends_the_revision_that_the_last_one_returned(editor: Page, server: Server) -> None:
    for letter in "ab":
        editor.locator("textarea").press_sequentially(letter)
        editor.clock.run_for(3000)
        expect(editor.locator(say("saved 14:02"))).to_be_visible()
    assert '"revision"\r\n\r\n7\r\n' in server.sent[0]
    assert '"revision"\r\n\r\n8\r\n' in server.sent[1]


def test_without_an_answer_it_says_so_keeps_the_text_and_tries_again(editor: Page, server: Server) -> None:
    server.answer = lambda route: route.abort()
    editor.locator("textarea").press_sequentially("Kept.")
    editor.clock.run_for(3000)
    expect(editor.locator(say("no connection"))).to_be_visible()
    server.answer = server.saved
    editor.clock.run_for(3500)
    expect(editor.locator(say("saved 14:02"))).to_be_visible()
    assert "Kept." in server.sent[-1]
    assert editor.locator("textarea").input_value() == "Kept."


def test_the_pauses_between_tries_grow(editor: Page, server: Server) -> None:
    server.answer = lambda route: route.fulfill(status=503, body="")
    editor.locator("textarea").press_sequentially("x")
    tried = []
    for _second in range(40):
        editor.clock.run_for(1000)
        editor.wait_for_timeout(30)
        tried.append(len(server.sent))
    assert 3 <= tried[-1] <= 5


def test_when_somebody_else_changed_the_draft_both_texts_are_shown_and_saving_stops(
    editor: Page, server: Server
) -> None:
    server.answer = lambda route: route.fulfill(
        status=409, content_type="text/html", body="<p>Theirs</p><p>Yours</p>"
    )
    editor.locator("textarea").press_sequentially("Mine.")
    editor.clock.run_for(3000)
    expect(editor.locator("#conflict")).to_contain_text("Theirs")
    expect(editor.locator("#conflict")).to_be_focused()
    expect(editor.locator(say("somebody else"))).to_be_visible()
    editor.locator("textarea").press_sequentially(" More.")
    editor.clock.run_for(60_000)
    assert len(server.sent) == 1
    assert editor.locator("textarea").input_value() == "Mine. More."


def test_a_reason_of_the_server_is_told_in_its_words(editor: Page, server: Server) -> None:
    body = json.dumps({"message": "[E-99] is no evidence here."})
    server.answer = lambda route: route.fulfill(status=422, content_type="application/json", body=body)
    editor.locator("textarea").press_sequentially("[E-99]")
    editor.clock.run_for(3000)
    expect(editor.locator(say("[E-99] is no evidence here."))).to_be_visible()


def test_signed_out_meanwhile_it_says_so(editor: Page, server: Server) -> None:
    server.answer = lambda route: route.fulfill(status=403, body="")
    editor.locator("textarea").press_sequentially("x")
    editor.clock.run_for(3000)
    expect(editor.locator(say("signed out"))).to_be_visible()


def test_leaving_with_unsaved_text_warns(editor: Page, server: Server) -> None:
    asked = []
    editor.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    editor.locator("textarea").press_sequentially("x")
    editor.goto("about:blank")
    assert asked == ["beforeunload"]


def test_leaving_after_saving_or_by_submitting_does_not_warn(editor: Page, server: Server) -> None:
    asked = []
    editor.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    editor.locator("textarea").press_sequentially("x")
    editor.get_by_role("button", name="Submit").click()
    expect(editor.locator("h1")).to_have_text("done")
    assert asked == []


def test_citing_puts_the_number_where_one_last_wrote(editor: Page, server: Server) -> None:
    editor.locator("textarea").press_sequentially("Blocked")
    editor.get_by_role("button", name="Cite").click()
    assert editor.locator("textarea").input_value() == "Blocked [E-12]"
    editor.clock.run_for(3000)
    expect(editor.locator(say("saved 14:02"))).to_be_visible()
