"""Each rule finds what it speaks of and nothing else; coordinators change when and whom it tells, and see it first."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from recommendations.assessments.commenting import add_comment, mentioned_in, resolve_comment
from recommendations.assessments.models import Assessment, Comment, ItemRating
from recommendations.assessments.workflow import perform
from recommendations.audit.models import Event
from recommendations.catalogue.errors import Conflict, Refused
from recommendations.catalogue.models import Milestone
from recommendations.evidence.models import Evidence, EvidenceLink, Source
from recommendations.evidence.safety import add_person, record_consent, withdraw_consent
from recommendations.evidence.sources import keep_source, mark_source
from recommendations.jobs import queue
from recommendations.organisations.models import User
from recommendations.reminders import editing
from recommendations.reminders.dispatch import default_rule, dispatch, ensure_rules, found_due
from recommendations.reminders.models import Notification, ReminderRule
from recommendations.reminders.rules import DEFAULTS
from recommendations.reminders.seeing import seen_by, visible_ids
from recommendations.reminders.sentences import SENTENCES, kind_words, sentence
from recommendations.vocabulary import Confidentiality, ReminderKind, Role
from tests.factories import (
    make_assessment,
    make_cited_evidence,
    make_cluster,
    make_cycle,
    make_evidence,
    make_indicator,
    make_person,
    make_recommendation,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 5, 10)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=timezone.get_default_timezone())


def found(kind: str, day: date = DAY):
    return [one for one, _leads in found_due(default_rule(kind), day)]


def told(kind: str, day: date = DAY) -> set:
    dispatch(now=at(day))
    return {row.recipient for row in Notification.objects.filter(kind=kind)}


@pytest.fixture
def coordinator():
    return make_person(Role.COORDINATOR)


@pytest.fixture
def editor():
    return make_person()


def published(author, coordinator, rating: str = "not") -> Assessment:
    """A published finding whose evidence ends a year before DAY, all of it rated alike."""
    assessment = perform(make_assessment(author), "submit", by=author, at=at(DAY - timedelta(days=200)))
    assessment = perform(assessment, "approve", by=make_person(Role.REVIEWER))
    assessment = perform(assessment, "publish", by=coordinator)
    Assessment.objects.filter(pk=assessment.pk).update(cutoff_on=DAY - timedelta(days=300))
    ItemRating.objects.filter(assessment=assessment).update(rating=rating)
    assessment.refresh_from_db()
    return assessment


def link(assessment: Assessment, shows: str, by, day: date = DAY) -> EvidenceLink:
    recommendation = assessment.ratings.all()[0].item.recommendation
    return EvidenceLink.objects.create(
        evidence=make_cited_evidence(by),
        recommendation=recommendation,
        shows=shows,
        linked_by=by,
        linked_at=at(day),
    )


# --- each rule ----------------------------------------------------------------------------------------------------


def test_every_kind_has_its_defaults_its_sentence_and_its_name():
    assert set(DEFAULTS) == set(ReminderKind.values)
    assert set(ReminderKind.values) <= set(SENTENCES)
    for kind in SENTENCES:
        assert kind_words(kind) != kind
        assert "%(" not in sentence(kind, {})


def test_a_milestone_that_passed_is_told_only_while_work_is_open(coordinator, editor):
    cluster = make_cluster(assignee=editor, organisation=editor.organisation)
    cluster.items.update(assignee=editor, organisation=editor.organisation)
    cluster.round.cycle.milestones.create(kind="stakeholder_deadline", on=DAY - timedelta(days=1))
    cluster.round.cycle.milestones.create(kind="review", on=DAY - timedelta(days=1))
    assert [one.params["what"] for one in found("milestone_passed")] == ["stakeholder_deadline"]
    perform(make_assessment(editor, cluster=cluster), "submit", by=editor)
    assert found("milestone_passed") == []


def test_overdue_work_is_told_to_its_person_and_to_coordinators(coordinator, editor):
    cluster = make_cluster(assignee=editor, organisation=editor.organisation, due_on=DAY - timedelta(days=1))
    cluster.items.update(assignee=editor, organisation=editor.organisation, due_on=cluster.due_on)
    assert told("assignment_overdue") == {editor, coordinator}


def test_a_cluster_is_told_once_whatever_its_size(editor):
    cluster = make_cluster(size=5, assignee=editor, organisation=editor.organisation, due_on=DAY)
    cluster.items.update(assignee=editor, organisation=editor.organisation, due_on=DAY)
    assert len(found("assignment_due", DAY - timedelta(days=1))) == 1


def test_a_comment_that_nobody_answers_waits_for_the_authors(editor):
    reviewer = make_person(Role.REVIEWER)
    assessment = perform(make_assessment(editor), "submit", by=editor)
    comment = add_comment(
        assessment, part="", text="Since when?", by=reviewer, at=at(DAY - timedelta(days=3))
    )
    assert told("comment_waiting") == {editor}
    resolve_comment(comment, by=editor)
    assert found("comment_waiting") == []


def test_whoever_is_mentioned_is_told_at_once_and_asked_instead_of_the_authors(editor):
    colleague = make_person(organisation=editor.organisation, name="Aliya Seitova")
    assessment = make_assessment(editor)
    add_comment(
        assessment, part="", text="@aliya seitova, since when?", by=editor, at=at(DAY - timedelta(days=3))
    )
    queue.run_due()
    assert [row.recipient for row in Notification.objects.filter(kind="comment.mentioned")] == [colleague]
    assert told("comment_waiting") == {colleague}


@pytest.mark.parametrize(
    ("text", "is_asked"),
    [
        ("@Aliya Seitova please", True),
        ("@Aliya please", True),
        ("Aliya, please", False),
        ("@Aliyah please", False),
        ("mail to x@aliya.example", True),
    ],
)
def test_a_name_counts_behind_an_at_sign(editor, text, is_asked):
    colleague = make_person(organisation=editor.organisation, name="Aliya Seitova")
    assert (mentioned_in(text, make_assessment(editor), but=editor) == [colleague]) == is_asked


def test_nobody_is_mentioned_into_what_she_may_not_read_nor_by_a_name_that_two_have(editor):
    draft = make_assessment(editor)
    make_person(name="Aliya Seitova")
    assert mentioned_in("@Aliya Seitova", draft, but=editor) == []
    make_person(organisation=editor.organisation, name="Timur A")
    make_person(organisation=editor.organisation, name="Timur B")
    assert mentioned_in("@Timur, look", draft, but=editor) == []


@pytest.mark.parametrize(
    ("rating", "shows", "contradicts"),
    [
        ("fully", "non", True),
        ("partially", "non", True),
        ("fully", "regression", True),
        ("not", "non", False),
        ("not", "full", True),
        ("reversed", "full", True),
        ("fully", "full", False),
        ("not", "context", False),
    ],
)
def test_evidence_linked_after_the_cut_off_contradicts_a_published_rating(
    editor, coordinator, rating, shows, contradicts
):
    assessment = published(editor, coordinator, rating)
    link(assessment, shows, make_person())
    assert bool(found("contradiction")) == contradicts


def test_what_was_linked_before_the_cut_off_contradicts_nothing(editor, coordinator):
    assessment = published(editor, coordinator, "fully")
    link(assessment, "non", make_person(), assessment.cutoff_on)
    assert found("contradiction", assessment.cutoff_on) == []


def test_nobody_is_told_of_a_contradiction_by_evidence_that_she_may_not_see(editor, coordinator):
    assessment = published(editor, coordinator, "fully")
    stranger = make_person()
    made = link(assessment, "non", stranger)
    type(made.evidence).objects.filter(pk=made.evidence_id).update(confidentiality=Confidentiality.RESTRICTED)
    assert told("contradiction") == set()


@pytest.mark.parametrize("why", ["months", "evidence", "act"])
def test_an_assessment_goes_stale_by_age_newer_evidence_or_an_amended_act(editor, coordinator, why):
    assessment = published(editor, coordinator)
    if why == "months":
        Assessment.objects.filter(pk=assessment.pk).update(cutoff_on=DAY - timedelta(days=366))
    elif why == "evidence":
        link(assessment, "context", make_person())
    else:
        cited = assessment.citations.all()[0].evidence
        type(cited).objects.filter(pk=cited.pk).update(amended_on=DAY - timedelta(days=1))
    assert told("stale") == {editor}


def test_a_fresh_assessment_is_not_stale(editor, coordinator):
    published(editor, coordinator)
    assert found("stale") == []


def test_an_open_answer_after_the_adoption_is_told_to_coordinators(coordinator):
    cycle = make_cycle(adopted_on=DAY - timedelta(days=8), review_on=DAY - timedelta(days=150))
    recommendation = make_recommendation(cycle=cycle, position="under_consideration")
    assert told("under_consideration") == {coordinator}
    type(recommendation).objects.filter(pk=recommendation.pk).update(position="noted")
    assert found("under_consideration") == []


def test_an_expected_value_is_told_to_whoever_recorded_the_last(editor):
    indicator = make_indicator(expected_every=12)
    indicator.observations.create(on=date(2024, 2, 29), value=1, recorded_by=make_person())
    indicator.observations.create(on=date(2025, 4, 30), value=2, recorded_by=editor)
    assert told("observation_expected") == {editor}
    indicator.observations.create(on=date(2026, 5, 1), value=3, recorded_by=editor)
    assert found("observation_expected") == []


def test_a_dead_address_is_told_to_whoever_added_the_item_until_it_answers_or_changes(editor):
    source = Source.objects.create(publisher="Office", url="https://example.org/gone")
    item = make_cited_evidence(editor, source=source)
    mark_source(item, answers=False, by=make_person(), at=at(DAY))
    assert told("dead_link") == {editor}
    item.refresh_from_db()
    kept = keep_source({"publisher": "Office", "url": "https://example.org/new"}, before=item.source)
    assert kept.dead_since is None


def a_consent(editor, **changes):
    """Of somebody in a restricted item of the editor's organisation, until DAY."""
    item = make_evidence(editor, confidentiality="restricted", title="Interview 7")
    given = {"uses": ["coalition"], "given_on": date(2024, 1, 1), "until": DAY}
    person = add_person(item, pseudonym="Falcon", by=editor)
    return record_consent(person, by=editor, **given | changes)


def test_a_consent_that_ends_is_told_thirty_days_before_to_the_people_of_the_item_alone(editor, coordinator):
    colleague, stranger = make_person(organisation=editor.organisation), make_person()
    gone = make_person(organisation=editor.organisation)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    a_consent(editor)
    assert told("consent_ending", DAY - timedelta(days=31)) == set()
    assert told("consent_ending", DAY - timedelta(days=30)) == {editor, colleague}
    assert not {stranger, gone, coordinator} & told("consent_ending", DAY)
    said = sentence("consent_ending", Notification.objects.filter(kind="consent_ending")[0].params)
    assert "E-1 ends on" in said
    assert "Falcon" not in said and "Interview" not in said


def test_a_consent_is_told_once_for_each_lead(editor):
    a_consent(editor)
    for days in (30, 29, 7, 6, 1, 0):
        dispatch(now=at(DAY - timedelta(days=days)))
    assert Notification.objects.filter(kind="consent_ending").count() == 3


@pytest.mark.parametrize(
    ("renewed", "is_told"),
    [
        ({"until": None}, False),
        ({"until": DAY + timedelta(days=400)}, False),
        ({"until": DAY + timedelta(days=400), "uses": ["coalition", "public"]}, False),
        ({"until": DAY - timedelta(days=1)}, True),
        ({"until": None, "uses": ["un"]}, True),
    ],
)
def test_a_consent_that_was_given_anew_as_widely_is_not_told(editor, renewed, is_told):
    consent = a_consent(editor)
    given = {"uses": ["coalition"], "given_on": date(2024, 6, 1)}
    record_consent(consent.person, by=editor, **given | renewed)
    assert (consent.pk in {one.anchor_id for one in found("consent_ending")}) == is_told


def test_a_consent_that_was_withdrawn_or_has_no_end_is_not_told(editor):
    withdraw_consent(a_consent(editor), reason="She asked.", by=editor)
    a_consent(editor, until=None)
    assert found("consent_ending") == []


# --- changing a rule ----------------------------------------------------------------------------------------------


def change(rule, coordinator, **changes):
    asked = {"leads": [30, 7], "audience": ["coordinators"], "is_on": True, "revision": rule.revision}
    return editing.change_rule(rule, by=coordinator, **asked | changes)


def rule_of(kind: str) -> ReminderRule:
    return next(rule for rule in ensure_rules() if rule.kind == kind)


def test_a_changed_rule_tells_whom_and_when_it_says_now(coordinator, editor):
    make_cycle().milestones.create(kind="mid_term", on=DAY)
    rule = change(rule_of("milestone"), coordinator, leads=[40, 40, 3], words="  Bring   the list. ")
    assert (rule.leads, rule.words) == ([40, 3], "Bring the list.")
    assert told("milestone", DAY - timedelta(days=40)) == {coordinator}
    assert "(Bring the list.)" in sentence("milestone", Notification.objects.get().params)
    assert Event.objects.filter(verb="reminder.changed").exists()


@pytest.mark.parametrize(
    "senseless", [{"leads": []}, {"leads": [9999]}, {"audience": []}, {"audience": ["public"]}]
)
def test_a_rule_that_makes_no_sense_is_refused(coordinator, senseless):
    with pytest.raises(Refused):
        change(rule_of("milestone"), coordinator, **senseless)


def test_the_second_of_two_changes_is_told_and_nobody_but_a_coordinator_makes_one(coordinator, editor):
    rule = rule_of("milestone")
    with pytest.raises(Refused):
        change(rule, editor)
    change(rule, coordinator)
    with pytest.raises(Conflict):
        change(rule, coordinator)


def test_the_preview_says_on_which_days_whom_and_is_what_then_happens(coordinator, editor):
    make_cycle().milestones.create(kind="mid_term", on=DAY)
    rule = rule_of("milestone")
    ahead = editing.preview(rule, today=DAY - timedelta(days=40))
    assert [(DAY - one.on).days for one in ahead] == [30, 7, 1]
    assert {person for one in ahead for person in one.people} == {coordinator, editor}
    dispatch(now=at(ahead[0].on))
    assert Notification.objects.count() == len(ahead[0].people)
    assert [(DAY - one.on).days for one in editing.preview(rule, today=DAY - timedelta(days=29))] == [7, 1]


def test_a_coordinator_sees_the_preview_of_what_she_typed_before_it_is_saved(client, coordinator):
    day = timezone.localdate() + timedelta(days=10)
    make_cycle().milestones.create(kind="mid_term", on=day)
    client.force_login(coordinator)
    page = reverse("rule_edit", args=["milestone"])
    sent = {
        "is_on": "on",
        "leads": "3, -2",
        "audience": ["coordinators"],
        "revision": rule_of("milestone").revision,
    }
    shown = client.post(page, sent | {"do": "preview"}).content.decode()
    assert "Mid-term report of KAZ-2 is on" in shown
    assert rule_of("milestone").leads == [60, 30, 7, 1]
    assert client.post(page, sent | {"do": "save"}).status_code == 302
    assert rule_of("milestone").leads == [3, -2]
    refused = client.post(page, sent | {"leads": "soon", "revision": 2})
    assert refused.status_code == 422
    assert "“soon” is no number of days" in refused.content.decode()


# --- many people --------------------------------------------------------------------------------------------------


def test_what_many_may_see_is_asked_twice_however_many_organisations_they_are_of(editor):
    assessment = make_assessment(editor)
    author = make_person()
    assessment.authors.add(author)
    people = [editor, author, *(make_person(organisation=editor.organisation) for _n in range(5))]
    strangers = [make_person() for _n in range(9)]
    by_id = {person.pk: person for person in [*people, *strangers]}
    wanted = {pk: {assessment.pk} for pk in by_id}
    with CaptureQueriesContext(connection) as asked:
        seen = seen_by(Assessment, wanted, by_id)
    assert {pk for pk, ids in seen.items() if ids} == {person.pk for person in people}
    # What all with their roles see, and what each sees beyond.
    assert len(asked) == 2


@pytest.mark.parametrize("model", [Assessment, Comment, Evidence, EvidenceLink, Milestone])
def test_what_many_may_see_is_what_the_rule_says_of_each(model, editor, coordinator):
    mine, theirs = make_assessment(editor), make_assessment(make_person())
    for one in (mine, theirs):
        add_comment(one, part="", text="Why?", by=one.authors.get(), at=at(DAY))
        secret = make_cited_evidence(one.authors.get(), confidentiality="restricted")
        link(one, "non", one.authors.get(), DAY)
        EvidenceLink.objects.update(evidence=secret)
    make_cycle().milestones.create(kind="mid_term", on=DAY)
    admitted = make_person(Role.REVIEWER)
    Evidence.objects.order_by("pk").first().named_people.add(admitted)
    nowhere = make_person(Role.EDITOR)
    User.objects.filter(pk=nowhere.pk).update(organisation=None)
    everybody = User.objects.in_bulk()
    ids = set(model._base_manager.values_list("pk", flat=True))
    assert ids
    seen = seen_by(model, dict.fromkeys(everybody, ids), everybody)
    assert seen == {pk: visible_ids(model, ids, person) for pk, person in everybody.items()}


@pytest.mark.parametrize("kind", ReminderKind.values)
def test_a_rule_asks_as_often_for_many_as_for_one(kind, editor, coordinator):
    def rows(count: int) -> None:
        for _n in range(count):
            link(published(make_person(), coordinator, "fully"), "non", make_person(), DAY)
            cluster = make_cluster(assignee=editor, organisation=editor.organisation, due_on=DAY)
            cluster.items.update(assignee=editor, organisation=editor.organisation, due_on=DAY)
            author = make_person()
            waiting = perform(make_assessment(author), "submit", by=author, at=at(DAY - timedelta(days=4)))
            add_comment(waiting, part="", text="Why?", by=coordinator, at=at(DAY - timedelta(days=4)))
            source = Source.objects.create(publisher="Office", dead_since=DAY)
            make_cited_evidence(author, source=source)
            indicator = make_indicator(expected_every=12)
            indicator.observations.create(on=DAY - timedelta(days=366), value=1, recorded_by=author)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            found(kind)
        return len(asked)

    rows(1)
    once = queries()
    rows(4)
    assert queries() == once


@pytest.mark.parametrize(
    ("leads", "words"),
    [
        ([60, 30, 7, 1], "60, 30, 7, 1 day before"),
        ([14, 3, 0], "14, 3 days before, on the day"),
        ([-1, -14], "1, 14 days after"),
        ([0, -90], "on the day, 90 days after"),
    ],
)
def test_when_a_rule_tells_is_said_in_words(leads, words):
    assert editing.when(leads) == words


def test_what_always_has_a_value_is_not_called_optional(client, coordinator):
    client.force_login(coordinator)
    ensure_rules()
    page = client.get(reverse("rule_edit", args=["milestone"])).content.decode()
    assert page.count("(optional)") == 1  # the words of one's own
    profile = client.get(reverse("profile")).content.decode()
    assert profile.count("(optional)") == 2  # day of the digest, away until
