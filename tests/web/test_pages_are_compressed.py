"""Pages travel compressed, whatever stands in front of the site."""

from django.http import HttpResponse
from django.test import Client, RequestFactory

from tracker.middleware import compressed_pages


def test_a_page_is_compressed_for_a_browser_that_can_read_it(client: Client, db: None) -> None:
    answer = client.get("/accounts/login/", headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]


def test_a_page_is_plain_for_others(client: Client, db: None) -> None:
    assert "Content-Encoding" not in client.get("/accounts/login/").headers


def test_what_is_no_page_is_left_as_it_is(rf: RequestFactory) -> None:
    request = rf.get("/export/", headers={"Accept-Encoding": "gzip"})
    table = HttpResponse("reference,text\n" * 500, content_type="text/csv")
    assert compressed_pages(lambda _request: table)(request).content == table.content
    assert "Content-Encoding" not in table.headers
