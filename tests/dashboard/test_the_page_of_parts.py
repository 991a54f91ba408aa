"""/styleguide/ shows every part of the pages, in every language."""

import re

import pytest
from django.conf import settings

from tests.factories import make_person

# In the frame of every page, or by themselves where a form has faults.
IN_THE_FRAME = {"_keys", "_languages", "_quick_exit", "_field_errors"}


def test_every_component_is_shown():
    shown = (settings.BASE_DIR / "templates/styleguide/page.html").read_text()
    parts = {file.stem for file in (settings.BASE_DIR / "templates/components").glob("_*.html")}
    assert parts - set(re.findall(r"components/(\w+)\.html", shown)) <= IN_THE_FRAME


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_it_is_shown_in_every_language(client, language):
    client.force_login(make_person(language=language))
    page = client.get("/styleguide/").content.decode()
    assert f'<html lang="{language}"' in page
    assert page.count("components") == 0
    for part in ("phases", "diff", "sq-drawings", "stamp", "notice"):
        assert part in page
