"""My work: what waits for whom, what is near, what changed; and the administrators' pages."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import send_mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from recommendations.assessments import rounds
from recommendations.assessments.workflow import perform
from recommendations.audit.models import Event
from recommendations.dashboard import my_work, now
from recommendations.evidence.models import Evidence
from recommendations.evidence.safety import add_person, record_consent
from recommendations.organisations.services import note_visit
from recommendations.vocabulary import Confidentiality, CyclePhase, EvidenceCheck, Role
from tests.factories import (
    make_assessment,
    make_cluster,
    make_cycle,
    make_evidence,
    make_person,
    make_round,
    make_theme,
)

pytestmark = pytest.mark.django_db


def assigned_cluster(editor, **changes):
    cluster = make_cluster()
    rounds.assign(
        round_=cluster.round,
        clusters=[cluster],
        organisation=editor.organisation,
        assignee=editor,
        due_on=timezone.localdate() + timedelta(days=5),
        by=make_person(Role.COORDINATOR),
        **changes,
    )
    return cluster


def test_an_assigned_cluster_waits_to_be_written_until_it_is_begun():
    editor = make_person()
    cluster = assigned_cluster(editor)
    (task,) = my_work.to_write(editor)
    assert (task.title, task.url) == (cluster.title, f"{reverse('assessment_new')}?cluster={cluster.pk}")
    make_assessment(editor, cluster=cluster)
    (task,) = my_work.to_write(editor)
    assert task.status == "draft"


def test_a_draft_that_a_colleague_began_stays_with_whom_the_cluster_was_given_to():
    editor = make_person()
    cluster = assigned_cluster(editor)
    draft = make_assessment(make_person(organisation=editor.organisation), cluster=cluster)
    make_assessment(make_person(), cluster=cluster)
    (task,) = my_work.to_write(editor)
    assert (task.status, task.url) == ("draft", reverse("assessment_edit", args=[draft.pk]))


def test_a_returned_assessment_stands_first_with_its_reason():
    editor = make_person()
    make_assessment(editor)
    returned = make_assessment(editor)
    perform(returned, "submit", by=editor)
    perform(returned, "return", by=make_person(Role.REVIEWER), note="Say which act.")
    first, second = my_work.to_write(editor)
    assert (first.status, first.reason) == ("returned", "Say which act.")
    assert (second.status, second.reason) == ("draft", "")


def test_a_reviewer_sees_what_waits_but_not_her_own():
    both = make_person(Role.EDITOR, Role.REVIEWER)
    own, other = make_assessment(both), make_assessment()
    for assessment in (own, other):
        perform(assessment, "submit", by=assessment.created_by)
    assert [task.title for task in my_work.to_review(both)] == [other.subject]
    assert my_work.to_review(make_person()) == []


def test_a_coordinator_sees_what_she_may_publish():
    coordinator = make_person(Role.COORDINATOR)
    assessment = make_assessment()
    perform(assessment, "submit", by=assessment.created_by)
    perform(assessment, "approve", by=make_person(Role.REVIEWER))
    assert [task.title for task in my_work.to_publish(coordinator)] == [assessment.subject]
    assert my_work.to_publish(make_person(Role.REVIEWER)) == []


def test_dates_ahead_are_the_nearest_first_and_cancelled_ones_are_left_out():
    today = timezone.localdate()
    cycle = make_cycle()
    cycle.milestones.create(kind="mid_term", on=today + timedelta(days=20), is_estimate=True)
    cycle.milestones.create(
        kind="other", title="Gone", on=today + timedelta(days=2), cancelled_at=timezone.now()
    )
    cycle.milestones.create(kind="review", on=today - timedelta(days=1))
    make_round(deadline=today + timedelta(days=3))
    dates = my_work.dates_ahead(make_person(), today)
    assert [(day.on - today).days for day in dates] == [3, 20]
    assert dates[1].is_estimate


def test_a_visit_lasts_while_pages_are_opened_and_what_is_new_stays_new_meanwhile():
    person = make_person()
    first = timezone.now() - timedelta(days=2)
    assert note_visit(person, now=first) is None
    later = first + timedelta(days=1)
    assert note_visit(person, now=later) == first
    assert note_visit(person, now=later + timedelta(minutes=10)) == first


def test_changes_tell_only_what_the_person_may_see():
    before = timezone.now() - timedelta(hours=1)
    writer, other = make_person(), make_person()
    make_evidence(writer, title="Shared")
    make_evidence(writer, title="Kept close", confidentiality=Confidentiality.RESTRICTED)
    told = " ".join(change.words for change in my_work.changes_since(other, before))
    assert "Shared" in told
    assert "Kept close" not in told
    assert "Kept close" in " ".join(change.words for change in my_work.changes_since(writer, before))


def test_what_became_of_an_assessment_is_among_the_changes():
    editor, reviewer = make_person(), make_person(Role.REVIEWER)
    assessment = make_assessment(editor)
    perform(assessment, "submit", by=editor)
    before = timezone.now()
    assert my_work.changes_since(editor, before) == []
    perform(assessment, "return", by=reviewer, note="Say which act.")
    (change,) = my_work.changes_since(editor, before)
    assert str(assessment.get_status_display()) in change.words


def test_evidence_to_be_checked_is_listed_where_the_page_leads(client):
    reviewer = make_person(Role.REVIEWER)
    make_evidence(title="Not compared yet")
    Evidence.objects.filter(pk=make_evidence(title="Compared").pk).update(check_status=EvidenceCheck.CHECKED)
    client.force_login(reviewer)
    assert my_work.to_check(reviewer) == 1
    page = client.get(reverse("my_work")).content.decode()
    address = re.search(r'href="([^"]+)">1 item of evidence is not checked yet', page)[1]
    listed = client.get(address).content.decode()
    assert "Not compared yet" in listed
    assert "Compared</span>" not in listed


def test_a_consent_that_ends_stands_there_for_the_people_of_the_item_until_it_was_given_anew(client):
    editor, today = make_person(), timezone.localdate()
    item = make_evidence(editor, confidentiality="restricted", title="Interview 7")
    person = add_person(item, pseudonym="Falcon", by=editor)
    given = {"uses": ["coalition"], "given_on": today - timedelta(days=300), "by": editor}
    record_consent(person, until=today + timedelta(days=20), **given)

    def page(reader) -> str:
        client.force_login(reader)
        return client.get(reverse("my_work")).content.decode()

    shown = page(editor)
    assert "Consent that ends" in shown
    assert reverse("evidence_people", args=[item.number]) in shown
    assert "Falcon" not in shown
    assert "Consent that ends" in page(make_person(organisation=editor.organisation))
    named = make_person()
    item.named_people.add(named)
    assert "Consent that ends" not in page(named)
    assert "Consent that ends" not in page(make_person(Role.COORDINATOR))
    record_consent(person, until=None, **given)
    assert "Consent that ends" not in page(editor)


def test_a_consent_that_lately_ended_is_still_there_and_says_so(client):
    editor, today = make_person(), timezone.localdate()
    person = add_person(make_evidence(editor), pseudonym="Falcon", by=editor)
    given_on = today - timedelta(days=300)
    record_consent(person, uses=["coalition"], given_on=given_on, until=today - timedelta(days=2), by=editor)
    client.force_login(editor)
    assert "consent ended: withheld from others" in client.get(reverse("my_work")).content.decode()


@pytest.mark.parametrize("role", Role)
def test_everybody_lands_on_a_page_that_says_the_next_step(client, role):
    client.force_login(make_person(role))
    answer = client.get(reverse("my_work"))
    assert answer.status_code == 200
    assert '<a class="btn' in answer.content.decode() or "empty" in answer.content.decode()


def test_my_work_asks_as_many_queries_for_ten_tasks_as_for_one(client):
    editor = make_person()
    client.force_login(editor)
    counts = []
    for number in (1, 9):
        for _number in range(number):
            assigned_cluster(editor)
            make_assessment(editor)
        client.get(reverse("my_work"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("my_work"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- administrators -----------------------------------------------------------------------------------------------


def test_the_log_reads_as_sentences_and_is_filtered(client):
    administrator = make_person(Role.ADMINISTRATOR, name="Aigerim")
    make_evidence(make_person(name="Dana"))
    client.force_login(administrator)
    page = client.get(reverse("audit_log")).content.decode()
    assert "Dana added the evidence E-" in page
    filtered = client.get(f"{reverse('audit_log')}?kind=person").content.decode()
    assert "added the evidence" not in filtered
    assert client.get(f"{reverse('audit_log')}?since=nonsense&kind=x").status_code == 200


def test_the_log_tells_an_administrator_no_reason_of_a_return(client):
    assessment = make_assessment()
    perform(assessment, "submit", by=assessment.created_by)
    perform(assessment, "return", by=make_person(Role.REVIEWER), note="Her neighbour saw it.")
    client.force_login(make_person(Role.ADMINISTRATOR))
    page = client.get(reverse("audit_log")).content.decode()
    assert "returned the assessment" in page
    assert "Her neighbour saw it." not in page


@pytest.mark.parametrize("page", ["audit_log", "mail_folder"])
@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER, Role.COORDINATOR, Role.OBSERVER])
def test_the_log_and_the_mail_are_the_administrators(client, page, role):
    client.force_login(make_person(role))
    assert client.get(reverse(page)).status_code == 403


def test_mail_kept_as_files_is_read_on_a_page(client, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    send_mail("Напоминания: 2", "Строка первая\nhttp://127.0.0.1/x/", None, ["dana@example.org"])
    assert mail.outbox == []
    client.force_login(make_person(Role.ADMINISTRATOR))
    page = client.get(reverse("mail_folder"))
    assert "Напоминания: 2" in page.content.decode()
    name = page.context["mails"][0]["name"]
    assert "Строка первая" in client.get(reverse("mail_message", args=[name])).content.decode()
    assert client.get(reverse("mail_message", args=["..%2Fsecret_key"])).status_code == 404


def test_the_emergency_door_shows_no_content_and_changes_nothing(client):
    client.force_login(make_person(Role.ADMINISTRATOR))
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/recommendations/assessment/").status_code == 404
    assert client.get("/admin/recommendations/evidence/").status_code == 404
    assert client.get("/admin/recommendations/user/add/").status_code == 403
    assert client.get("/admin/recommendations/event/").status_code == 200
    client.force_login(make_person(Role.COORDINATOR))
    assert client.get("/admin/").status_code in (302, 403)


def test_what_is_changed_through_the_emergency_door_is_in_the_log_and_no_password_is_shown(client):
    administrator = make_person(Role.ADMINISTRATOR)
    client.force_login(administrator)
    page = client.get(f"/admin/recommendations/user/{administrator.pk}/change/").content.decode()
    assert administrator.email in page
    assert administrator.password not in page
    theme = make_theme(name_en="Torture")
    address = f"/admin/recommendations/theme/{theme.pk}/change/"
    form = client.get(address).context["adminform"].form
    data = {name: value for name in form.fields if (value := form[name].value()) is not None}
    data["name_ru"] = "Пытки"
    assert client.post(address, data).status_code == 302
    theme.refresh_from_db()
    assert theme.name_ru == "Пытки"
    event = Event.objects.get(verb="term.changed")
    assert (event.actor, event.detail.detail) == (administrator, {"fields": ["name_ru"]})


def test_the_method_is_told_from_the_rules_in_force(client):
    client.force_login(make_person())
    page = client.get(reverse("method")).content.decode()
    assert "everything the recommendation asks for is in place" in page
    assert "Approve" in page


@pytest.mark.parametrize(
    ("days_to_deadline", "phase", "first"),
    [
        (300, "collecting", "write"),
        (60, "drafting", "write"),
        (20, "review", "review"),
        (5, "submission", "review"),
    ],
)
def test_what_comes_first_follows_from_the_phase_of_the_cycle(days_to_deadline, phase, first):
    today = timezone.localdate()
    cycle = make_cycle(number=5, review_on=today + timedelta(days=days_to_deadline + 213), adopted_on=None)
    (review,) = now.reviews_now(make_person(), today)
    assert (review.cycle, review.phase) == (cycle, phase)
    assert now.order_of_lists([review])[0] == first


def test_a_cycle_far_ahead_does_not_hide_the_one_that_is_followed_up():
    today = timezone.localdate()
    reviewed = make_cycle(
        number=4, review_on=today - timedelta(days=400), adopted_on=today - timedelta(days=250)
    )
    make_cycle(number=5, review_on=today + timedelta(days=1200), adopted_on=None)
    (review,) = now.reviews_now(make_person(), today)
    assert (review.cycle, review.phase) == (reviewed, "follow_up")


@pytest.mark.parametrize("phase", CyclePhase)
def test_every_phase_says_what_to_do_and_offers_what_the_role_allows(client, phase):
    cycle = make_cycle()
    coordinator, reviewer = make_person(Role.COORDINATOR), make_person(Role.REVIEWER)
    links = dict(now._links(coordinator, cycle, phase))
    assert links
    assert set(now._links(reviewer, cycle, phase)) <= set(links.items())
    client.force_login(coordinator)
    answers = [client.get(url) for url in links.values()]
    assert {answer.status_code for answer in answers} == {200}
    # A filter that the list does not know would be left out of what it says it shows.
    assert all(
        "cycle=" not in url or cycle.key in answer.content.decode()
        for url, answer in zip(links.values(), answers, strict=True)
    )
    assert str(now.WORDS[phase])
