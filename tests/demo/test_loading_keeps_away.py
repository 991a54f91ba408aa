"""The demonstration stays away from a site that holds something already."""

import pytest

from recommendations.catalogue.models import Document, Recommendation
from recommendations.catalogue.recording import record_recommendation
from recommendations.catalogue.reference import load_reference
from recommendations.demo import loading
from recommendations.demo.loading import load_demo
from recommendations.organisations.models import User

pytestmark = pytest.mark.django_db


def test_a_site_with_a_recommendation_never_gets_it():
    load_reference()
    record_recommendation(
        by=None,
        document=Document.objects.get(symbol="A/HRC/28/10"),
        paragraph="124.26",
        texts=[("en", "official", "An invented sentence for this test.")],
        recommending=[],
    )

    assert load_demo() is False
    assert Recommendation.objects.count() == 1
    assert not User.objects.exists()


def test_it_is_entered_as_a_whole_or_not_at_all(monkeypatch):
    def breaks(*_args: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(loading, "do_the_work", breaks)
    with pytest.raises(OSError, match="full"):
        load_demo()

    assert not Recommendation.objects.exists()
    assert not User.objects.exists()
