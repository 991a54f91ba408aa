"""A file goes out piece by piece; what the connection loses is sent again, and half a file leaves nothing behind."""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import Page, Route, expect

from recommendations.evidence.models import Evidence, EvidenceFile, Upload, UploadPiece
from recommendations.evidence.words import CameBy
from recommendations.organisations.models import User
from tests.browser.site import Site

Open = Callable[..., Page]
EDITOR = "editor@example.org"
PIECE = 1024 * 1024


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A PDF of five pieces and a bit."""
    target = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.Root.Noise = document.make_stream(random.Random(5).randbytes(5 * PIECE))
        document.save(target)
    path = tmp_path / "report.pdf"
    path.write_bytes(target.getvalue())
    return path


def where_files_are_added(site: Site) -> str:
    """The page for files of an item of the editor's organisation."""
    editor = User.objects.get(email=EDITOR)
    item = Evidence.objects.filter(organisation=editor.organisation).exclude(kind="held_elsewhere")[0]
    return f"/evidence/{item}/files/new/"


def in_the_vault(site: Site) -> set[Path]:
    return {path for path in (site.folder / "evidence").rglob("*") if path.is_file()}


def test_a_file_goes_on_where_the_connection_was_lost_and_arrives_whole(
    site: Site, open_as: Open, report: Path
) -> None:
    page = open_as(EDITOR)
    page.goto(where_files_are_added(site))
    sent: list[str] = []

    def carry(route: Route) -> None:
        request = route.request
        if "start=" not in request.url:
            route.continue_()
            return
        sent.append(request.url.partition("start=")[2])
        if len(sent) == 2:  # it arrives, and its answer is lost
            route.fetch()
            route.abort("connectionreset")
        elif len(sent) == 4:
            page.context.set_offline(True)
            route.abort("internetdisconnected")
        else:
            route.continue_()

    page.route("**/evidence/uploads/**", carry)
    page.get_by_label("Choose files").set_input_files(report)
    page.get_by_role("button", name="Add", exact=True).click()
    while len(sent) < 4:  # until it is away for longer
        page.wait_for_timeout(100)
    expect(page.get_by_text("The connection is away")).to_be_visible()
    upload = Upload.objects.get()
    assert upload.received == 2 * PIECE
    assert not EvidenceFile.objects.filter(name="report.pdf").exists()

    page.context.set_offline(False)

    expect(page.get_by_role("link", name="report.pdf", exact=True)).to_be_visible()
    file = EvidenceFile.objects.get(name="report.pdf")
    content = report.read_bytes()
    assert (file.sha256, file.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert file.came_by == CameBy.PIECES
    saved = page.context.request.get(f"{site.url}/evidence/files/{file.pk}/")
    assert saved.body() == content
    # The second came twice, the third three times; no other piece did.
    assert sent == [str(number * PIECE) for number in (0, 1, 1, 2, 2, 3, 4, 5)]
    assert (Upload.objects.count(), UploadPiece.objects.count()) == (0, 0)
    site.wait_for_jobs()
    site.manage("verify_evidence")


def test_the_answer_lost_at_the_very_end_leads_to_the_item_all_the_same(
    site: Site, open_as: Open, report: Path
) -> None:
    page = open_as(EDITOR)
    page.goto(where_files_are_added(site))
    finished: list[str] = []

    def carry(route: Route) -> None:
        finished.append(route.request.url)
        if len(finished) == 1:
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/finish/", carry)
    page.get_by_label("Choose files").set_input_files(report)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("link", name="report.pdf", exact=True)).to_be_visible()
    assert EvidenceFile.objects.filter(name="report.pdf").count() == 1


def test_half_a_file_that_is_given_up_leaves_nothing_behind(
    site: Site, open_as: Open, report: Path, accessible
) -> None:
    before = in_the_vault(site)
    page = open_as(EDITOR)
    address = where_files_are_added(site)
    page.goto(address)
    page.get_by_label("Choose files").set_input_files(report)
    page.route("**/*start=2097152", lambda route: route.abort("connectionreset"))
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("The connection is away")).to_be_visible()
    accessible(page)
    assert len(in_the_vault(site) - before) == 2

    page.goto(address)
    expect(page.get_by_role("heading", name="Begun and not finished")).to_be_visible()
    page.get_by_role("button", name="Give it up").click()

    expect(page.get_by_text("Nothing of that file is kept.")).to_be_visible()
    assert in_the_vault(site) == before
    assert (Upload.objects.count(), UploadPiece.objects.count()) == (0, 0)
    assert not EvidenceFile.objects.filter(name="report.pdf").exists()


def test_without_scripts_the_file_goes_out_whole(site: Site, open_as: Open, report: Path) -> None:
    page = open_as(EDITOR, java_script_enabled=False)
    page.goto(where_files_are_added(site))
    page.get_by_label("Choose files").set_input_files(report)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("link", name="report.pdf", exact=True)).to_be_visible()
    file = EvidenceFile.objects.get(name="report.pdf")
    assert file.sha256 == hashlib.sha256(report.read_bytes()).hexdigest()
    assert file.came_by != CameBy.PIECES
