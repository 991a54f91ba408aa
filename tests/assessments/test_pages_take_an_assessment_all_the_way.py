"""The main job through the pages: begin, save, submit, return, approve, publish; and what the pages refuse."""

import pytest
from django.urls import reverse

from recommendations.assessments.models import Assessment
from recommendations.vocabulary import Role
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return {
        "author": factories.make_person(),
        "reviewer": factories.make_person(Role.REVIEWER),
        "coordinator": factories.make_person(Role.COORDINATOR),
    }


def sign_in(client, person):
    client.force_login(person)
    return client


def draft_data(client, assessment, **changes):
    """What a browser would send: every field as the editor's page shows it."""
    answer = client.get(reverse("assessment_edit", args=[assessment.pk]))
    assert answer.status_code == 200, answer.content.decode()
    data = {}
    for form in [answer.context["form"], *answer.context["row_forms"]]:
        for field in form:
            value = field.value()
            if value not in (None, "", False):
                data[field.html_name] = value if isinstance(value, (str, int)) else str(value)
    return data | changes


def act(client, assessment, action, **data):
    assessment.refresh_from_db()
    url = reverse("assessment_action", args=[assessment.pk, action])
    return client.post(url, {"revision": assessment.revision} | data)


def test_from_the_cluster_to_the_published_assessment(client, people):
    cluster = factories.make_cluster(organisation=people["author"].organisation)
    item = factories.make_cited_evidence(people["author"])
    sign_in(client, people["author"])

    begin = f"{reverse('assessment_new')}?cluster={cluster.pk}"
    assert client.get(begin).status_code == 200
    answer = client.post(begin, {"organisation": people["author"].organisation_id, "language": "en"})
    assessment = Assessment.objects.get()
    assert answer.url == reverse("assessment_edit", args=[assessment.pk])

    data = draft_data(
        client,
        assessment,
        implemented_when="no site is blocked without a court",
        law="not_required",
        policy="not_required",
        practice="not",
        practice_text=f"Sites are blocked [E-{item.number}].",
        rating="not",
    )
    answer = client.post(reverse("assessment_edit", args=[assessment.pk]), data | {"save": "1"})
    assert answer.status_code == 302
    assessment.refresh_from_db()
    assert assessment.practice_text == f"Sites are blocked [E-{item.number}]."
    assert [row.evidence for row in assessment.citations.all()] == [item]

    data = draft_data(client, assessment)
    answer = client.post(reverse("assessment_edit", args=[assessment.pk]), data | {"submit": "1"})
    assert answer.url == reverse("assessment_detail", args=[assessment.pk])
    assessment.refresh_from_db()
    assert assessment.status == "submitted"

    sign_in(client, people["reviewer"])
    assert (
        reverse("assessment_review", args=[assessment.pk])
        in client.get(reverse("review_queue")).content.decode()
    )
    page = client.get(reverse("assessment_review", args=[assessment.pk])).content.decode()
    assert "Sites are blocked" in page
    assert item.title in page
    assert act(client, assessment, "return", note="Since when?").status_code == 302

    sign_in(client, people["author"])
    page = client.get(reverse("assessment_edit", args=[assessment.pk])).content.decode()
    assert "Since when?" in page
    data = draft_data(client, assessment, practice_text=f"Sites are blocked since 2016 [E-{item.number}].")
    client.post(reverse("assessment_edit", args=[assessment.pk]), data | {"submit": "1"})
    assessment.refresh_from_db()
    assert assessment.status == "submitted"

    sign_in(client, people["reviewer"])
    page = client.get(reverse("assessment_review", args=[assessment.pk])).content.decode()
    assert "<ins>" in page
    assert "Since when?" in page
    assert act(client, assessment, "approve").url == reverse("review_queue")

    sign_in(client, people["coordinator"])
    assert (
        reverse("assessment_detail", args=[assessment.pk])
        in client.get(reverse("review_queue")).content.decode()
    )
    assert act(client, assessment, "publish").status_code == 302
    assessment.refresh_from_db()
    assert assessment.status == "published"

    sign_in(client, factories.make_person(Role.OBSERVER))
    page = client.get(reverse("assessment_detail", args=[assessment.pk]))
    assert page.status_code == 200
    assert "since 2016" in page.content.decode()


def test_two_clicks_on_approve_are_harmless(client, people):
    assessment = factories.make_assessment(people["author"])
    sign_in(client, people["author"])
    act(client, assessment, "submit")
    sign_in(client, people["reviewer"])
    assessment.refresh_from_db()
    url = reverse("assessment_action", args=[assessment.pk, "approve"])
    first = client.post(url, {"revision": assessment.revision})
    second = client.post(url, {"revision": assessment.revision}, follow=True)
    assert first.status_code == 302
    assert second.status_code == 200
    assert "done already" in second.content.decode()


def test_the_author_is_refused_approval_on_the_page_and_at_the_endpoint(client, people):
    person = factories.make_person(Role.EDITOR, Role.REVIEWER)
    assessment = factories.make_assessment(person)
    sign_in(client, person)
    act(client, assessment, "submit")
    page = client.get(reverse("assessment_review", args=[assessment.pk])).content.decode()
    assert "another person must do this" in page
    answer = act(client, assessment, "approve")
    assert answer.status_code == 403
    assert "another person must do this" in answer.content.decode()


def test_a_return_without_a_reason_says_so_and_a_stale_one_gives_the_text_back(client, people):
    assessment = factories.make_assessment(people["author"])
    sign_in(client, people["author"])
    act(client, assessment, "submit")
    sign_in(client, people["reviewer"])
    answer = act(client, assessment, "return", note=" ")
    assert answer.status_code == 422
    assert "Give the reason" in answer.content.decode()
    answer = act(client, assessment, "return", note="My long reason.", revision=1)
    assert answer.status_code == 409
    assert "My long reason." in answer.content.decode()


def test_an_action_that_does_not_exist_is_404_and_one_that_happens_by_itself_is_refused(client, people):
    assessment = factories.make_assessment(people["author"])
    sign_in(client, people["author"])
    assert act(client, assessment, "burn").status_code == 404
    assert act(client, assessment, "supersede").status_code == 409


def test_what_is_missing_is_named_and_nothing_is_submitted(client, people):
    assessment = factories.make_assessment(people["author"], implemented_when="", override_reason="")
    sign_in(client, people["author"])
    data = draft_data(client, assessment)
    answer = client.post(
        reverse("assessment_edit", args=[assessment.pk]), data | {"submit": "1"}, follow=True
    )
    page = answer.content.decode()
    assert "not submitted yet" in page
    assert "Write when it is implemented" in page
    assessment.refresh_from_db()
    assert assessment.status == "draft"


def test_saving_over_somebody_elses_text_shows_both_and_loses_none(client, people):
    assessment = factories.make_assessment(people["author"])
    sign_in(client, people["author"])
    mine = draft_data(client, assessment, narrative="My summary.")
    theirs = draft_data(client, assessment, narrative="Their summary.")
    url = reverse("assessment_edit", args=[assessment.pk])
    client.post(url, theirs | {"save": "1"})
    answer = client.post(url, mine | {"save": "1"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "My summary." in page
    assert "Their summary." in page
    assessment.refresh_from_db()
    assert assessment.narrative == "Their summary."
    # The second save is a decision.
    data = mine | {"revision": answer.context["form"]["revision"].value(), "save": "1"}
    assert client.post(url, data).status_code == 302
    assessment.refresh_from_db()
    assert assessment.narrative == "My summary."


def test_autosave_says_when_it_saved_and_shows_both_texts_when_it_could_not(client, people):
    assessment = factories.make_assessment(people["author"])
    sign_in(client, people["author"])
    data = draft_data(client, assessment, narrative="One.")
    url = reverse("assessment_autosave", args=[assessment.pk])
    saved = client.post(url, data).json()
    assert saved["revision"] == assessment.revision + 1
    assert saved["saved_at"]
    refused = client.post(url, data | {"narrative": "Two."})
    assert refused.status_code == 409
    assert "Two." in refused.content.decode()
    assert "<html" not in refused.content.decode()


def test_autosave_sent_twice_does_no_harm(client, people):
    assessment = factories.make_assessment(people["author"])
    sign_in(client, people["author"])
    data = draft_data(client, assessment, narrative="One.")
    url = reverse("assessment_autosave", args=[assessment.pk])
    assert client.post(url, data).json()["revision"] == client.post(url, data).json()["revision"]


def test_a_wrong_date_is_told_and_the_text_stays_in_the_page(client, people):
    assessment = factories.make_assessment(people["author"])
    sign_in(client, people["author"])
    data = draft_data(client, assessment, cutoff_on="2999-01-01", narrative="Kept text.")
    answer = client.post(reverse("assessment_edit", args=[assessment.pk]), data | {"save": "1"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "future" in page
    assert "Kept text." in page
    told = client.post(reverse("assessment_autosave", args=[assessment.pk]), data)
    assert told.status_code == 422
    assert "future" in told.json()["message"]


def test_what_was_written_into_something_withdrawn_is_given_back(client, people):
    assessment = factories.make_assessment(people["author"])
    sign_in(client, people["author"])
    data = draft_data(client, assessment, narrative="Late text.")
    act(client, assessment, "withdraw", note="Twice.")
    answer = client.post(reverse("assessment_edit", args=[assessment.pk]), data | {"save": "1"})
    assert answer.status_code == 409
    assert "Late text." in answer.content.decode()


def test_what_was_written_into_something_that_is_not_there_is_given_back(client, people):
    sign_in(client, people["author"])
    answer = client.post(reverse("assessment_edit", args=[987654]), {"narrative": "Lost text?"})
    assert answer.status_code == 404
    assert "Lost text?" in answer.content.decode()


def test_citing_works_without_a_script(client, people):
    recommendation = factories.make_recommendation()
    cluster = factories.make_cluster(factories.make_round(recommendation))
    assessment = factories.make_assessment(people["author"], cluster=cluster)
    other = factories.make_cited_evidence(people["author"])
    law = factories.make_cited_evidence(people["author"], kind="law", act_version="as of 2016")
    sign_in(client, people["author"])
    url = reverse("assessment_edit", args=[assessment.pk])
    for item in (other, law):
        answer = client.post(url, draft_data(client, assessment) | {"cite": str(item.number)})
        assert answer.url.endswith("#evidence")
    assessment.refresh_from_db()
    assert assessment.practice_text.endswith(f"[E-{other.number}]")
    assert assessment.law_text == f"[E-{law.number}]"
    assert assessment.citations.count() == 3


def test_an_item_one_may_not_see_cannot_be_cited_by_its_number(client, people):
    assessment = factories.make_assessment(people["author"])
    secret = factories.make_cited_evidence(factories.make_person(), confidentiality="restricted")
    sign_in(client, people["author"])
    url = reverse("assessment_edit", args=[assessment.pk])
    client.post(url, draft_data(client, assessment) | {"cite": str(secret.number)})
    assert not assessment.citations.filter(evidence=secret).exists()


def test_the_proposal_is_refreshed_as_a_fragment(client, people):
    assessment = factories.make_assessment(people["author"])
    sign_in(client, people["author"])
    url = reverse("assessment_proposal", args=[assessment.pk])
    page = client.get(url, {"law": "fully", "policy": "fully", "practice": "not"}).content.decode()
    assert "Partially implemented" in page
    assert "<html" not in page
    assert "Answer the three tests" in client.get(url, {"law": "nonsense"}).content.decode()


def test_a_draft_is_hidden_from_others_by_every_address(client, people):
    assessment = factories.make_assessment(people["author"])
    for person in (factories.make_person(), people["reviewer"], factories.make_person(Role.OBSERVER)):
        sign_in(client, person)
        for name in ("assessment_detail", "assessment_edit", "assessment_proposal"):
            assert client.get(reverse(name, args=[assessment.pk])).status_code == 404
        assert act(client, assessment, "submit").status_code == 404
        assert client.post(reverse("assessment_autosave", args=[assessment.pk]), {}).status_code == 404
        if Role.OBSERVER not in person.roles:
            assert assessment.subject not in client.get(reverse("assessment_list")).content.decode()


def test_a_remark_is_added_at_its_part_and_dealt_with(client, people):
    assessment = factories.make_assessment(people["author"])
    sign_in(client, people["author"])
    act(client, assessment, "submit")
    sign_in(client, people["reviewer"])
    url = reverse("assessment_comment", args=[assessment.pk])
    assert client.post(url, {"part": "practice_text", "text": "Which court?"}).status_code == 302
    page = client.get(reverse("assessment_review", args=[assessment.pk])).content.decode()
    assert "Which court?" in page
    comment = assessment.comments.get()
    client.post(reverse("comment_resolve", args=[comment.pk]))
    comment.refresh_from_db()
    assert comment.resolved_by == people["reviewer"]
    empty = client.post(url, {"part": "", "text": " "})
    assert empty.status_code == 422


def test_a_retracted_assessment_leaves_a_notice_without_its_text(client, people):
    assessment = factories.make_assessment(people["author"], narrative="A sentence that endangers somebody.")
    second = factories.make_person(Role.COORDINATOR)
    for person, action, data in (
        (people["author"], "submit", {}),
        (people["reviewer"], "approve", {}),
        (people["coordinator"], "publish", {}),
        (people["coordinator"], "ask_retraction", {"note": "Danger."}),
        (second, "retract", {"note": "Confirmed."}),
    ):
        sign_in(client, person)
        assert act(client, assessment, action, **data).status_code == 302, action
    for person in (*people.values(), second, factories.make_person(Role.OBSERVER)):
        sign_in(client, person)
        answer = client.get(reverse("assessment_detail", args=[assessment.pk]))
        assert answer.status_code == 200
        assert "retracted" in answer.content.decode()
        assert "endangers" not in answer.content.decode()
        version = client.get(reverse("assessment_version", args=[assessment.pk, 1]))
        assert version.status_code == 404


def test_an_unseen_item_must_be_accepted_before_approving(client, people):
    assessment = factories.make_assessment(people["author"])
    secret = factories.make_cited_evidence(people["author"], title="Neutral", confidentiality="restricted")
    sign_in(client, people["author"])
    text = f"{assessment.practice_text} [E-{secret.number}]"
    data = draft_data(client, assessment, practice_text=text)
    page = client.post(reverse("assessment_edit", args=[assessment.pk]), data | {"save": "1"}, follow=True)
    assert "Some reviewers may not see everything" in page.content.decode()
    assessment.refresh_from_db()
    url = reverse("assessment_action", args=[assessment.pk, "submit"])
    told = client.post(url, {"revision": assessment.revision}, follow=True).content.decode()
    assert f"{people['reviewer']} reviews, but may not see E-{secret.number}" in told
    sign_in(client, people["reviewer"])
    assert act(client, assessment, "approve").status_code == 422
    assert act(client, assessment, "approve", unseen_accepted="1").status_code == 302
    assessment.refresh_from_db()
    assert assessment.unseen_by_approver == [secret.number]
