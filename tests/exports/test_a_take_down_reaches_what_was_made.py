"""What an export holds is kept with it: what its audience may no longer see takes the file away."""

import pytest
from django.urls import reverse

from recommendations.assessments.workflow import perform
from recommendations.audit.models import Event
from recommendations.evidence.models import Evidence
from recommendations.exports import services
from recommendations.exports.held import blocked, to_renew
from recommendations.exports.models import Export, ExportHolding
from recommendations.jobs import queue
from recommendations.overview.build import build_summary
from recommendations.overview.holdings import Held, holdings_of, no_longer_allowed
from recommendations.vocabulary import Audience, Confidentiality, PositionKind, Role
from tests.factories import make_assessment, make_person, make_recommendation, make_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """An approved assessment that cites one item the coalition may see."""
    editor = make_person()
    recommendation = make_recommendation("1.1", position=PositionKind.SUPPORTED)
    round_ = make_round(recommendation)
    assessment = make_assessment(editor, item=round_.items.get())
    perform(assessment, "submit", by=editor)
    perform(assessment, "approve", by=make_person(Role.REVIEWER))
    return {"cycle": recommendation.cycle, "round": round_, "assessment": assessment, "editor": editor}


def make_export(world, person=None, **changes):
    asked = {"cycle": world["cycle"], "round": world["round"], "audience": "coalition", "format": "json"}
    export = services.ask_for_summary(by=person or make_person(), language="en", **asked | changes)
    return services.make_at_once(export)


def restrict(evidence):
    Evidence.objects.filter(pk=evidence.pk).update(confidentiality=Confidentiality.RESTRICTED)


def test_an_export_keeps_which_assessments_and_items_stand_in_it(world):
    export = make_export(world)
    cited = Evidence.objects.get(citations__assessment=world["assessment"])
    assert set(export.holdings.values_list("kind", "row")) == {
        ("assessment", world["assessment"].pk),
        ("evidence", cited.pk),
    }
    assert make_export(world, audience="public").holdings.count() == 0


def test_the_filled_matrix_keeps_it_too(world):
    export = services.ask_for_matrix(
        by=make_person(),
        cycle=world["cycle"],
        round=world["round"],
        audience="coalition",
        language="en",
        source=None,
    )
    assert services.make_at_once(export).holdings.count() == 2


def test_the_rules_say_what_an_audience_may_no_longer_see(world):
    summary = build_summary(cycle=world["cycle"], round=world["round"], audience="coalition", language="en")
    held = holdings_of(summary)
    assert no_longer_allowed(held, Audience.COALITION) == []
    assert no_longer_allowed(held, Audience.PUBLIC) == held
    cited = Evidence.objects.get(citations__assessment=world["assessment"])
    restrict(cited)
    assert no_longer_allowed(held, Audience.COALITION) == [Held("evidence", cited.pk)]
    assert no_longer_allowed([Held("evidence", 987654)], Audience.COALITION) == [Held("evidence", 987654)]


def test_a_file_holding_a_restricted_item_answers_with_a_sentence(client, world):
    person = make_person()
    export = make_export(world, person)
    restrict(Evidence.objects.get(citations__assessment=world["assessment"]))
    client.force_login(person)
    answer = client.get(reverse("export_download", args=[export.pk]), follow=True)
    assert answer.status_code == 200
    assert "no longer handed out" in answer.content.decode()
    assert not answer.streaming
    assert Event.objects.filter(verb="export.taken_back").count() == 1


@pytest.mark.parametrize("action", ["return", "withdraw"])
def test_what_is_no_longer_approved_leaves_the_coalitions_files(world, action):
    export = make_export(world)
    stored = services.folder() / export.stored_as
    world["assessment"].refresh_from_db()
    perform(world["assessment"], action, by=make_person(Role.COORDINATOR), note="It has a mistake.")
    queue.run_due()
    assert not stored.exists()
    assert blocked([Export.objects.get(pk=export.pk)]) == {export.pk}


def test_a_blocked_file_is_listed_and_made_anew_with_one_click(client, world):
    person = make_person()
    export = make_export(world, person)
    untouched = make_export(world, person, audience="public")
    restrict(Evidence.objects.get(citations__assessment=world["assessment"]))
    client.force_login(person)
    page = client.get(reverse("export_list")).content.decode()
    assert reverse("export_renew", args=[export.pk]) in page
    assert reverse("export_renew", args=[untouched.pk]) not in page
    assert reverse("export_download", args=[export.pk]) not in page
    answer = client.post(reverse("export_renew", args=[export.pk]))
    anew = Export.objects.get(renews=export)
    assert answer.url == reverse("export_detail", args=[anew.pk])
    assert (anew.audience, anew.format, anew.round_id) == ("coalition", "json", world["round"].pk)
    assert list(anew.holdings.values_list("kind", flat=True)) == ["assessment"]
    assert to_renew(Export.objects.all()) == []
    assert reverse("export_detail", args=[anew.pk]) in (
        client.get(reverse("export_detail", args=[export.pk])).content.decode()
    )


def test_a_file_that_is_handed_out_is_not_made_anew(client, world):
    person = make_person()
    export = make_export(world, person)
    client.force_login(person)
    client.post(reverse("export_renew", args=[export.pk]))
    assert Export.objects.count() == 1


def test_an_observer_makes_nothing_anew_for_the_coalition(client, world):
    export = make_export(world)
    restrict(Evidence.objects.get(citations__assessment=world["assessment"]))
    client.force_login(make_person(Role.OBSERVER))
    assert client.post(reverse("export_renew", args=[export.pk])).status_code == 404
    assert Export.objects.count() == 1


def test_a_file_of_which_nobody_knows_what_it_holds_is_not_handed_out(world):
    export = make_export(world)
    Export.objects.update(is_accounted=False)
    ExportHolding.objects.all().delete()
    export.refresh_from_db()
    with pytest.raises(services.TakenBack):
        services.open_export(export, by=export.made_by)


def test_ten_files_are_looked_at_with_as_many_queries_as_one(world, django_assert_num_queries):
    exports = [make_export(world) for _number in range(3)]
    with django_assert_num_queries(4):
        blocked(exports[:1])
    with django_assert_num_queries(4):
        blocked(exports)
