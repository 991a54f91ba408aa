"""Indicators: figures as people write them, several series, sources, two people at once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from recommendations.audit.models import Event
from recommendations.catalogue.errors import Conflict
from recommendations.catalogue.models import State
from recommendations.evidence.curves import curves_of
from recommendations.evidence.indicators import (
    change_indicator,
    free_slug,
    record_observation,
    remove_observation,
)
from recommendations.evidence.models import Indicator, Observation
from recommendations.evidence.numbers import parse_number, shown, typed
from recommendations.evidence.recording import NotRight
from recommendations.vocabulary import Role
from tests.factories import make_indicator, make_person, make_recommendation

BLANK, NARROW = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("language", "text", "number"),
    [
        ("ru", "593 069", "593069"),
        ("ru", f"593{BLANK}069", "593069"),
        ("kk", f"593{NARROW}069", "593069"),
        ("ru", "0,04", "0.04"),
        ("kk", "0,04", "0.04"),
        ("ru", "0.04", "0.04"),
        ("ru", "90,45", "90.45"),
        ("ru", "1 126,5", "1126.5"),
        ("ru", "0,126", "0.126"),
        ("en", "593,069", "593069"),
        ("en", "593 069", "593069"),
        ("en", "29,468.25", "29468.25"),
        ("en", "0.04", "0.04"),
        ("en", "-3", "-3"),
        ("en", "\u22123", "-3"),
        ("en", " 252 ", "252"),
    ],
)
def test_a_figure_is_read_as_people_of_the_language_write_it(language, text, number) -> None:
    with translation.override(language):
        assert parse_number(text) == Decimal(number)


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", "0,04", "0.04"),
        ("en", "29,46", "29.46"),
        ("ru", "29,468", "29468"),
        ("kk", "1,126", "1126"),
        ("ru", "29 46", ""),
        ("en", "about 300", ""),
        ("en", "12%", ""),
        ("en", "=1+1", ""),
        ("en", "1e9", ""),
        ("en", "NaN", ""),
        ("en", "", ""),
        ("en", "0.00001", ""),
        ("en", "123456789012345", ""),
        ("en", "1.2.3", ""),
    ],
)
def test_a_figure_that_is_none_or_can_be_read_two_ways_is_refused_with_a_sentence(
    language, text, said
) -> None:
    with translation.override(language), pytest.raises(ValueError) as refused:
        parse_number(text)
    assert said in str(refused.value)
    assert str(refused.value)


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
@pytest.mark.parametrize("number", ["0", "593069", "0.04", "1126.125", "-12.5", "93000", "0.1234", "100"])
def test_what_is_shown_and_what_stands_in_a_field_is_read_back_as_the_same(language, number) -> None:
    value = Decimal(number).quantize(Decimal("1.0000"))
    with translation.override(language):
        assert parse_number(typed(value)) == value
        if not (language != "en" and number == "1126.125"):
            assert parse_number(shown(value)) == value


def test_figures_are_shown_without_idle_zeros() -> None:
    assert shown(Decimal("29468.0000")) == "29,468"
    with translation.override("ru"):
        assert shown(Decimal("593069.0000")).split() == ["593", "069"]
        assert shown(Decimal("0.0400")) == "0,04"


@pytest.mark.django_db
def test_several_series_hold_a_value_each_for_the_same_day() -> None:
    by, indicator = make_person(), make_indicator()
    for series in ("", "by court order"):
        record_observation(indicator, on=date(2019, 1, 1), value=1126, series=series, by=by)
    with pytest.raises(NotRight) as refused:
        record_observation(indicator, on=date(2019, 1, 1), value=5, series="by court order", by=by)
    assert set(refused.value.problems) == {"on"}
    assert indicator.observations.count() == 2


@pytest.mark.django_db
def test_a_value_of_the_future_is_refused() -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(NotRight) as refused:
        record_observation(make_indicator(), on=tomorrow, value=1, by=make_person())
    assert set(refused.value.problems) == {"on"}


@pytest.mark.django_db
def test_a_value_taken_out_stays_in_the_log() -> None:
    by, indicator = make_person(), make_indicator()
    observation = record_observation(indicator, on=date(2018, 12, 31), value=252, by=by)
    remove_observation(observation, by=by)
    assert not indicator.observations.exists()
    event = Event.objects.select_related("detail").first()
    assert event.verb == "observation.removed"
    assert event.detail.detail["value"] == "252"


@pytest.mark.django_db
def test_slugs_do_not_collide_and_leave_the_pages_own_addresses_alone() -> None:
    first, second = make_indicator(name="Blocked domains"), make_indicator(name="Blocked domains")
    assert (first.slug, second.slug) == ("blocked-domains", "blocked-domains-2")
    assert free_slug("New") == "new-2"
    assert make_indicator(name="Осуждены").slug.startswith("indicator")


@pytest.mark.django_db
def test_who_changes_an_old_revision_gets_the_present_one() -> None:
    by, indicator = make_person(), make_indicator()
    change_indicator(indicator, by=by, revision=1, definition="hers")
    with pytest.raises(Conflict) as conflict:
        change_indicator(indicator, by=by, revision=1, definition="his")
    assert conflict.value.current.definition == "hers"


@pytest.mark.django_db
def test_each_series_has_its_line_and_single_values_are_compared_as_bars() -> None:
    by, indicator = make_person(), make_indicator(target=Decimal(100))
    for year, value in ((2017, 54), (2018, 83)):
        record_observation(indicator, on=date(year, 12, 31), value=value, when_label=str(year), by=by)
    record_observation(indicator, on=date(2018, 12, 31), value=3, series="acquitted", by=by)
    curves = curves_of(indicator, indicator.observations.all())
    assert [curve.series for curve in curves] == ["", "acquitted"]
    assert curves[0].rows == [("2017", "54"), ("2018", "83")]
    assert "target: 100" in curves[0].chart
    single = make_indicator()
    for series in ("all", "by court order"):
        record_observation(single, on=date(2019, 1, 1), value=1126, series=series, by=by)
    (bars,) = curves_of(single, single.observations.all())
    assert bars.rows == [("all", "1,126"), ("by court order", "1,126")]


@pytest.mark.django_db
def test_an_indicator_and_its_values_are_recorded_on_their_pages(signed_in) -> None:
    person = make_person(Role.EDITOR, language="ru")
    recommendation = make_recommendation()
    make_indicator()  # so that a State is followed
    state = State.objects.first()
    State.objects.filter(pk=state.pk).update(is_followed=True)
    browser = signed_in(person)
    form = {
        "state": state.pk,
        "name": "Persons with disabilities",
        "name_ru": "Лица с инвалидностью",
        "unit": "человек",
        "target": "600 000",
        "references": recommendation.reference,
    }
    assert browser.post(reverse("indicator_new"), form).status_code == 302
    indicator = Indicator.objects.get(slug="persons-with-disabilities")
    assert (indicator.target, list(indicator.recommendations.all())) == (Decimal(600000), [recommendation])
    value = {"value": "593 069", "on": "2019-01-01", "when_label": "2019", "source_publisher": "ACCA"}
    url = reverse("observation_new", args=[indicator.slug])
    assert browser.post(url, value).status_code == 302
    observation = indicator.observations.get()
    assert (observation.value, observation.source.publisher) == (Decimal(593069), "ACCA")
    page = browser.get(reverse("indicator_detail", args=[indicator.slug])).content.decode()
    assert "Лица с инвалидностью" in page
    assert f"593{BLANK}069" in page
    assert "<svg" in page
    assert browser.post(url, value | {"value": "29,468", "on": "2019-02-01"}).status_code == 422
    remove = reverse("observation_remove", args=[indicator.slug, observation.pk])
    assert browser.post(remove).status_code == 302
    assert browser.post(remove).status_code == 302
    assert not Observation.objects.exists()


@pytest.mark.django_db
def test_two_people_who_change_the_same_indicator_see_both_texts(signed_in) -> None:
    indicator = make_indicator(definition="before")
    change_indicator(indicator, by=make_person(), revision=1, definition="hers")
    form = {"name": indicator.name, "unit": indicator.unit, "definition": "mine", "revision": 1}
    answer = signed_in(make_person()).post(reverse("indicator_edit", args=[indicator.slug]), form)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "hers" in page
    assert "mine" in page
    indicator.refresh_from_db()
    assert indicator.definition == "hers"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [
        (Role.EDITOR, True, True),
        (Role.COORDINATOR, True, True),
        (Role.REVIEWER, True, False),
        (Role.OBSERVER, True, False),
        (Role.ADMINISTRATOR, False, False),
    ],
)
def test_who_reads_and_who_writes_indicators(role, reads, writes, signed_in) -> None:
    indicator = make_indicator()
    browser = signed_in(make_person(role))
    for name in ("indicator_list", "indicator_detail"):
        arguments = [indicator.slug] if name != "indicator_list" else []
        assert browser.get(reverse(name, args=arguments)).status_code == (200 if reads else 403)
    for name in ("indicator_new", "indicator_edit", "observation_new"):
        arguments = [indicator.slug] if name != "indicator_new" else []
        assert browser.get(reverse(name, args=arguments)).status_code == (200 if writes else 403)
    remove = reverse("observation_remove", args=[indicator.slug, 1])
    assert browser.post(remove).status_code == (302 if writes else 403)


@pytest.mark.django_db
def test_more_values_ask_no_more_questions_of_the_database(signed_in) -> None:
    by, indicator = make_person(), make_indicator()
    browser = signed_in(by)

    def asked() -> list[int]:
        counts = []
        for url in (reverse("indicator_list"), reverse("indicator_detail", args=[indicator.slug])):
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(url).status_code == 200
            counts.append(len(queries))
        return counts

    def more(years) -> None:
        for year in years:
            source = {"publisher": f"Report of {year}"}
            record_observation(indicator, on=date(year, 12, 31), value=year, source=source, by=by)
            indicator.recommendations.add(make_recommendation())
            make_indicator()

    more([2010])
    asked()
    few = asked()
    more(range(2011, 2020))
    assert asked() == few


@pytest.mark.django_db
def test_words_find_an_indicator(signed_in) -> None:
    make_indicator(name="Blocked domains", name_ru="Заблокированные домены")
    make_indicator(name="Prisoners")
    page = signed_in(make_person()).get(reverse("indicator_list"), {"q": "домены"}).content.decode()
    assert "Blocked domains" in page
    assert "Prisoners" not in page
