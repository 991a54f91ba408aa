"""Starting, carrying over, saving: nothing is lost, nobody overwrites silently, only what is visible is cited."""

import pytest

from recommendations.assessments.commenting import add_comment, resolve_comment
from recommendations.assessments.models import Assessment, ItemRating, RoundItem
from recommendations.assessments.rounds import close_round
from recommendations.assessments.workflow import perform
from recommendations.assessments.writing import (
    AlreadyOpen,
    Conflict,
    save_draft,
    start_assessment,
)
from recommendations.audit.models import Event
from recommendations.catalogue.models import Demand
from recommendations.vocabulary import Role
from recommendations.workflow.engine import Refused
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def author():
    return factories.make_person()


def published(author, cluster=None):
    assessment = factories.make_assessment(author, cluster=cluster)
    assessment = perform(assessment, "submit", by=author)
    assessment = perform(assessment, "approve", by=factories.make_person(Role.REVIEWER))
    return perform(assessment, "publish", by=factories.make_person(Role.COORDINATOR))


def test_a_draft_holds_a_row_for_each_recommendation_and_each_demand(author):
    recommendation = factories.make_recommendation()
    Demand.objects.create(recommendation=recommendation, letter="a")
    Demand.objects.create(recommendation=recommendation, letter="b")
    cluster = factories.make_cluster(factories.make_round(recommendation, factories.make_recommendation()))
    draft = start_assessment(by=author, cluster=cluster)
    assert draft.ratings.count() == 4
    assert list(draft.authors.all()) == [author]
    assert draft.cutoff_on == cluster.round.cutoff_on


def test_one_recommendation_can_be_assessed_without_a_cluster(author):
    item = factories.make_round().items.get()
    draft = start_assessment(by=author, item=item)
    assert (draft.item, draft.cluster) == (item, None)


def test_an_organisation_writes_about_a_recommendation_once_at_a_time(author):
    cluster = factories.make_cluster()
    first = start_assessment(by=author, cluster=cluster)
    with pytest.raises(AlreadyOpen) as refused:
        start_assessment(by=author, cluster=cluster)
    assert refused.value.assessment == first
    with pytest.raises(AlreadyOpen):
        start_assessment(by=author, item=cluster.items.first())
    assert Assessment.objects.count() == 1
    assert start_assessment(by=factories.make_person(), cluster=cluster).organisation != author.organisation


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.OBSERVER, Role.ADMINISTRATOR])
def test_a_role_without_writing_starts_nothing(role):
    with pytest.raises(Refused, match="roles"):
        start_assessment(by=factories.make_person(role), cluster=factories.make_cluster())


def test_an_editor_writes_for_her_own_organisation_only(author):
    other = factories.make_organisation(works_by_mail=True)
    with pytest.raises(Refused, match="writes its assessments itself"):
        start_assessment(by=author, cluster=factories.make_cluster(), organisation=other)


def test_a_coordinator_enters_for_an_organisation_that_works_by_mail_and_is_its_author():
    coordinator = factories.make_person(Role.COORDINATOR, Role.REVIEWER)
    by_mail = factories.make_organisation(works_by_mail=True)
    draft = factories.make_assessment(coordinator, organisation=by_mail)
    assert draft.organisation == by_mail
    submitted = perform(draft, "submit", by=coordinator)
    with pytest.raises(Refused, match="entered it for its organisation"):
        perform(submitted, "approve", by=coordinator)


def test_a_coordinator_enters_nothing_for_an_organisation_that_signs_in_itself(author):
    coordinator = factories.make_person(Role.COORDINATOR)
    with pytest.raises(Refused, match="writes its assessments itself"):
        start_assessment(by=coordinator, cluster=factories.make_cluster(), organisation=author.organisation)


def test_a_closed_round_takes_no_new_draft_and_no_change(author):
    draft = factories.make_assessment(author)
    close_round(draft.round, by=factories.make_person(Role.COORDINATOR))
    with pytest.raises(Refused, match="closed"):
        start_assessment(by=factories.make_person(), cluster=draft.cluster)
    draft = Assessment.objects.get(pk=draft.pk)
    with pytest.raises(Refused, match="closed"):
        save_draft(draft, by=author, revision=draft.revision, fields={"narrative": "Late."})


def test_an_empty_cluster_cannot_be_assessed(author):
    cluster = factories.make_cluster()
    RoundItem.objects.update(cluster=None)
    with pytest.raises(Refused, match="no recommendation"):
        start_assessment(by=author, cluster=cluster)


# --- carrying over -----------------------------------------------------------------------------------------------


def test_the_text_of_an_earlier_round_comes_along_to_be_confirmed(author):
    earlier = published(author)
    recommendations = [item.recommendation for item in earlier.cluster.items.all()]
    later = factories.make_cluster(factories.make_round(*recommendations, factories.make_recommendation()))
    draft = start_assessment(by=author, cluster=later)
    assert draft.carried_from == earlier
    assert draft.to_be_confirmed
    assert draft.practice_text == earlier.practice_text
    assert draft.rating == earlier.rating
    assert draft.cutoff_on == later.round.cutoff_on
    assert set(draft.citations.values_list("evidence", flat=True)) == set(
        earlier.citations.values_list("evidence", flat=True)
    )
    with pytest.raises(Refused, match="Confirm"):
        perform(draft, "submit", by=author)
    draft = save_draft(draft, by=author, revision=draft.revision, fields={"to_be_confirmed": False})
    assert perform(draft, "submit", by=author).status == "submitted"


def test_what_was_rated_apart_is_carried_over_apart(author):
    first = factories.make_assessment(author)
    row = first.ratings.first()
    own = {
        "item": row.item_id,
        "is_own": True,
        "rating": "partially",
        "override_reason": "One court.",
        "sentence": "X.",
    }
    first = save_draft(first, by=author, revision=first.revision, fields={}, ratings=[own])
    first = perform(first, "submit", by=author)
    first = perform(first, "approve", by=factories.make_person(Role.REVIEWER))
    perform(first, "publish", by=factories.make_person(Role.COORDINATOR))
    later = factories.make_cluster(
        factories.make_round(*(i.recommendation for i in first.cluster.items.all()))
    )
    draft = start_assessment(by=author, cluster=later)
    carried = draft.ratings.get(item__recommendation=row.item.recommendation)
    assert (carried.is_own, carried.rating, carried.sentence) == (True, "partially", "X.")


def test_nothing_of_another_organisation_or_of_what_was_withdrawn_is_carried_over(author):
    earlier = published(factories.make_person())
    recommendations = [item.recommendation for item in earlier.cluster.items.all()]
    mine = factories.make_assessment(author, cluster=earlier.cluster)
    perform(mine, "withdraw", by=author, note="No.")
    draft = start_assessment(
        by=author, cluster=factories.make_cluster(factories.make_round(*recommendations))
    )
    assert draft.carried_from is None
    assert draft.practice_text == ""


# --- saving ------------------------------------------------------------------------------------------------------


def test_two_who_save_the_same_state_do_not_overwrite_each_other(author):
    colleague = factories.make_person(organisation=author.organisation)
    draft = factories.make_assessment(author)
    save_draft(draft, by=author, revision=draft.revision, fields={"narrative": "Hers."})
    with pytest.raises(Conflict) as conflict:
        save_draft(draft, by=colleague, revision=draft.revision, fields={"narrative": "His."})
    assert conflict.value.current.narrative == "Hers."
    assert not draft.authors.filter(pk=colleague.pk).exists()


def test_what_is_the_same_is_no_change_and_no_conflict(author):
    draft = factories.make_assessment(author)
    saved = save_draft(draft, by=author, revision=draft.revision, fields={"narrative": "Once."})
    again = save_draft(draft, by=author, revision=draft.revision, fields={"narrative": "Once."})
    assert again.revision == saved.revision


def test_whoever_saves_becomes_an_author_and_the_log_says_so(author):
    colleague = factories.make_person(organisation=author.organisation)
    draft = factories.make_assessment(author)
    save_draft(draft, by=colleague, revision=draft.revision, fields={"narrative": "More."})
    assert set(draft.authors.all()) == {author, colleague}
    assert Event.objects.filter(verb="assessment.written", actor=colleague, subject_id=draft.pk).count() == 1


def test_only_those_who_write_for_the_organisation_may_save(author):
    draft = factories.make_assessment(author)
    assignee = factories.make_person()
    draft.cluster.assignee = assignee
    draft.cluster.save()
    for person in (
        assignee,
        factories.make_person(),
        factories.make_person(Role.COORDINATOR),
        factories.make_person(Role.REVIEWER, organisation=author.organisation),
    ):
        with pytest.raises(Refused):
            save_draft(draft, by=person, revision=draft.revision, fields={"narrative": "No."})


def test_an_author_who_moved_to_another_organisation_still_mends_what_she_wrote(author):
    draft = factories.make_assessment(author)
    author.organisation = factories.make_organisation()
    author.save()
    saved = save_draft(draft, by=author, revision=draft.revision, fields={"narrative": "Mended."})
    assert saved.narrative == "Mended."


def test_what_was_submitted_is_not_changed_any_more(author):
    submitted = perform(factories.make_assessment(author), "submit", by=author)
    with pytest.raises(Refused, match="Submitted"):
        save_draft(submitted, by=author, revision=submitted.revision, fields={"narrative": "Late."})


def test_the_status_and_other_columns_cannot_be_written_by_saving(author):
    draft = factories.make_assessment(author)
    with pytest.raises(ValueError, match="status"):
        save_draft(draft, by=author, revision=draft.revision, fields={"status": "published"})


def test_rows_follow_the_whole_until_they_are_rated_apart(author):
    draft = factories.make_assessment(author)
    row = draft.ratings.first()
    own = {"item": row.item_id, "is_own": True, "rating": "partially", "override_reason": "One court."}
    draft = save_draft(draft, by=author, revision=draft.revision, fields={}, ratings=[own])
    draft = save_draft(
        draft,
        by=author,
        revision=draft.revision,
        fields={"rating": "cannot", "cannot_reason": "no_access", "cannot_steps": "Asked in 2016."},
    )
    ratings = dict(draft.ratings.values_list("pk", "rating"))
    assert ratings.pop(row.pk) == "partially"
    assert set(ratings.values()) == {"cannot"}


def test_a_changed_test_of_the_whole_reaches_the_rows_that_left_it_blank(author):
    draft = factories.make_assessment(author)
    row = draft.ratings.first()
    own = {"item": row.item_id, "is_own": True, "rating": "partially", "override_reason": "One court."}
    draft = save_draft(draft, by=author, revision=draft.revision, fields={}, ratings=[own])
    draft = save_draft(
        draft,
        by=author,
        revision=draft.revision,
        fields={"policy": "not", "implemented_when": "another test"},
    )
    row.refresh_from_db()
    assert (row.rating, row.policy, row.implemented_when) == ("partially", "not", "another test")


def test_a_split_recommendation_follows_its_demands(author):
    recommendation = factories.make_recommendation()
    demands = [Demand.objects.create(recommendation=recommendation, letter=letter) for letter in "ab"]
    cluster = factories.make_cluster(factories.make_round(recommendation))
    draft = factories.make_assessment(author, cluster=cluster)
    item = cluster.items.get()
    fully = {"item": item.pk, "demand": demands[1].pk, "is_own": True, "practice": "fully", "rating": "fully"}
    save_draft(draft, by=author, revision=draft.revision, fields={}, ratings=[fully])
    assert ItemRating.objects.get(assessment=draft, demand=demands[0]).rating == "not"
    assert ItemRating.objects.get(assessment=draft, demand=None).rating == "partially"


# --- citations ---------------------------------------------------------------------------------------------------


def test_citations_follow_the_numbers_in_the_text(author):
    draft = factories.make_assessment(author)
    one, two = factories.make_cited_evidence(author), factories.make_cited_evidence(author)
    draft = save_draft(
        draft,
        by=author,
        revision=draft.revision,
        fields={"practice_text": f"[E-{one.number}, E-{two.number}] and again [Е-{one.number}]"},
    )
    assert {row.evidence for row in draft.citations.all()} == {one, two}
    draft = save_draft(
        draft, by=author, revision=draft.revision, fields={"practice_text": f"[E-{two.number}]"}
    )
    assert [row.evidence for row in draft.citations.all()] == [two]


def test_an_item_one_may_not_see_is_the_same_as_one_that_is_not_there(author):
    secret = factories.make_cited_evidence(factories.make_person(), confidentiality="restricted")
    draft = factories.make_assessment(author)
    draft = save_draft(
        draft, by=author, revision=draft.revision, fields={"narrative": f"[E-{secret.number}] [E-99999]"}
    )
    assert not draft.citations.filter(evidence=secret).exists()
    with pytest.raises(Refused, match=f"no such evidence that you can cite: E-{secret.number}, E-99999"):
        perform(draft, "submit", by=author)


def test_a_colleague_who_may_not_see_an_item_does_not_lose_its_citation(author):
    secret = factories.make_cited_evidence(author, confidentiality="restricted")
    draft = factories.make_assessment(author)
    draft = save_draft(
        draft, by=author, revision=draft.revision, fields={"narrative": f"[E-{secret.number}]"}
    )
    coauthor = factories.make_person()
    draft.authors.add(coauthor)
    draft = save_draft(
        draft, by=coauthor, revision=draft.revision, fields={"narrative": f"It is so [E-{secret.number}]."}
    )
    assert draft.citations.filter(evidence=secret).exists()


def test_a_number_becomes_a_citation_once_its_item_is_there(author):
    draft = factories.make_assessment(author)
    draft = save_draft(draft, by=author, revision=draft.revision, fields={"narrative": "[E-77777]"})
    item = factories.make_cited_evidence(author, number=77777)
    draft = save_draft(draft, by=author, revision=draft.revision, fields={"narrative": "[E-77777]"})
    assert draft.citations.filter(evidence=item).exists()


# --- remarks -----------------------------------------------------------------------------------------------------


def test_remarks_are_made_by_those_who_see_it_and_dealt_with_once(author):
    submitted = perform(factories.make_assessment(author), "submit", by=author)
    reviewer = factories.make_person(Role.REVIEWER)
    comment = add_comment(submitted, part="practice_text", text=" Since when? ", by=reviewer)
    assert comment.text == "Since when?"
    resolve_comment(comment, by=author)
    first = comment.resolved_at
    resolve_comment(comment, by=reviewer)
    comment.refresh_from_db()
    assert (comment.resolved_by, comment.resolved_at) == (author, first)
    with pytest.raises(Refused, match="cannot see"):
        add_comment(submitted, part="", text="Hello.", by=factories.make_person())
    with pytest.raises(Refused, match="roles"):
        add_comment(submitted, part="", text="Hello.", by=factories.make_person(Role.OBSERVER))
