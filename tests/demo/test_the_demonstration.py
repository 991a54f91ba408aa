"""The demonstration shows every side of the product, says what it is, and keeps the product's own rules."""

from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from recommendations.assessments.models import Assessment, Citation, Cluster, ComplianceStatus, Round
from recommendations.audit.log import faults
from recommendations.audit.models import Event
from recommendations.catalogue.models import Milestone, Position, Recommendation, RecommendationText
from recommendations.demo.loading import NotHere, load_demo
from recommendations.evidence.models import Evidence, Indicator, Observation
from recommendations.organisations.models import Organisation, User
from recommendations.vocabulary import (
    AssessmentStatus,
    Audience,
    Confidentiality,
    EvidenceCheck,
    Role,
    TextKind,
)

pytestmark = pytest.mark.usefixtures("demo")

SEED_THEMES = {
    "expression",
    "vote",
    "disability-general",
    "detention",
    "health",
    "hiv",
    "migrants",
    "women-discrimination",
    "torture",
    "equality",
    "death-penalty",
}


@pytest.fixture(scope="module")
def _entered(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """Entered once for all tests of this module; what a test changes is undone after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        assert load_demo()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(_entered: None, db: None) -> None:
    """A database that holds the demonstration."""


def positions_of(reference: str) -> list[tuple[str, str]]:
    found = Position.objects.filter(recommendation__reference=reference).order_by("on", "sequence")
    return [(position.kind, position.document.symbol) for position in found]


def test_loading_again_changes_nothing():
    before = Event.objects.count()
    assert load_demo() is False
    assert Event.objects.count() == before


def test_a_production_site_never_gets_it(settings):
    settings.PRODUCTION = True
    with pytest.raises(NotHere):
        load_demo()
    with pytest.raises(CommandError):
        call_command("load_demo")


def test_at_least_sixty_recommendations_cover_the_seed_themes():
    assert Recommendation.objects.count() >= 60
    covered = set(Recommendation.objects.values_list("themes__code", flat=True))
    assert covered >= SEED_THEMES


def test_every_wording_is_marked_as_a_paraphrase():
    assert set(RecommendationText.objects.values_list("kind", flat=True)) == {TextKind.PARAPHRASE}
    for language in ("en", "ru"):
        assert RecommendationText.objects.filter(language=language).count() == Recommendation.objects.count()


def test_nobody_is_said_to_have_written_the_wording_so_that_an_import_may_bring_the_official_one():
    assert not RecommendationText.objects.filter(edited_by__isnull=False).exists()


def test_a_position_that_changed_keeps_its_history():
    assert positions_of("KAZ-2-126.27") == [("noted", "A/HRC/28/10"), ("supported", "A/HRC/28/2")]
    assert Recommendation.objects.get(reference="KAZ-2-126.27").position == "supported"
    assert positions_of("KAZ-1-97.3") == [("under_consideration", "A/HRC/14/10"), ("noted", "A/HRC/14/37")]


def test_what_the_state_claimed_stands_beside_its_position():
    claims = Recommendation.objects.get(reference="KAZ-2-124.26").claims.all()
    assert [(claim.kind, claim.document.symbol, claim.locator) for claim in claims] == [
        ("implemented", "A/HRC/28/10", "para. 124")
    ]


def test_a_specific_theme_leads_before_a_general_one():
    recommendation = Recommendation.objects.get(reference="KAZ-1-95.1")
    assert recommendation.themes.filter(code="ratification").exists()
    assert recommendation.lead_theme.code == "disability-general"


def test_there_are_people_for_every_role_in_three_invented_organisations():
    assert Organisation.objects.count() == 3
    assert all("(demo)" in organisation.name for organisation in Organisation.objects.all())
    people = list(User.objects.all())
    assert {role for person in people for role in person.roles} == set(Role)
    assert all(person.is_demo and person.email.endswith("@example.org") for person in people)
    assert {person.language for person in people} == {"en", "ru", "kk"}


def test_everybody_can_sign_in_with_the_password_that_is_printed(settings):
    assert all(person.check_password(settings.DEMO_PASSWORD) for person in User.objects.all())


def test_assessments_stand_in_every_status_and_say_that_they_are_a_demonstration():
    assert set(Assessment.objects.values_list("status", flat=True)) == set(AssessmentStatus)
    for assessment in Assessment.objects.all():
        assert assessment.is_demo
        assert assessment.narrative.startswith(("Demonstration. ", "Демонстрация. "))


def test_everything_invented_is_marked():
    assert all("(demo)" in found.title for found in Round.objects.all())
    invented = Evidence.objects.exclude(confidentiality=Confidentiality.PUBLIC)
    assert invented.exists()
    assert all(item.title.endswith("(demo)") for item in invented)
    assert not Evidence.objects.filter(is_demo=False).exists()


def test_assessments_rest_on_sourced_and_checked_evidence_only():
    cited = Evidence.objects.filter(pk__in=Citation.objects.values("evidence"))
    assert cited.count() > 10
    assert not cited.filter(source__isnull=True).exists()
    assert not cited.exclude(confidentiality=Confidentiality.PUBLIC).exists()
    assert not cited.filter(check_status=EvidenceCheck.NOT_CHECKED).exists()


def test_every_figure_has_its_source():
    assert not Observation.objects.filter(source__isnull=True).exists()
    values = Observation.objects.filter(indicator__slug="blocked-domains").values_list("series", "value")
    assert dict(values) == {"all": 29468, "by court order": 1126, "by order of authorised bodies": 10661}


def test_the_share_of_ninety_per_cent_says_what_it_is_a_share_of():
    share = Observation.objects.get(indicator__slug="blocked-without-court")
    assert round(100 * 10661 / (10661 + 1126), 2) == float(share.value) == 90.45
    assert "not of all 29,468" in share.note


def test_the_need_for_therapy_is_the_indicators_target():
    assert Indicator.objects.get(slug="opioid-therapy").target == 37200


def test_a_restricted_item_is_seen_by_its_organisation_only():
    placeholder = Evidence.objects.get(confidentiality=Confidentiality.RESTRICTED)
    seen_by = {
        person.email
        for person in User.objects.all()
        if Evidence.objects.visible_to(person).filter(pk=placeholder.pk).exists()
    }
    # The administrator belongs to that organisation, and yet the role alone opens no content.
    assert seen_by == {"editor3@example.org", "reviewer@example.org", "coordinator@example.org"}


def test_what_was_only_noted_and_is_implemented_shows_as_such():
    fulfilled = ComplianceStatus.objects.filter(
        audience=Audience.PUBLIC, rating="fully", item__recommendation__position="noted"
    )
    assert fulfilled.count() == 8


def test_what_was_supported_and_is_not_implemented_shows_as_such():
    status = ComplianceStatus.objects.get(
        audience=Audience.PUBLIC, item__recommendation__reference="KAZ-2-124.26"
    )
    assert (status.rating, status.item.recommendation.position) == ("not", "supported")


def test_two_organisations_differ_on_one_recommendation():
    differing = ComplianceStatus.objects.get(audience=Audience.PUBLIC, differs=True)
    assert differing.spread == {"not": 1, "partially": 1}


def test_an_earlier_assessment_was_superseded_by_a_later_one():
    superseded = Assessment.objects.get(status=AssessmentStatus.SUPERSEDED)
    assert Assessment.objects.get(supersedes=superseded).status == AssessmentStatus.PUBLISHED


def test_nobody_approved_or_published_what_she_wrote():
    for assessment in Assessment.objects.prefetch_related("authors"):
        authors = set(assessment.authors.all())
        assert assessment.approved_by not in authors
        assert assessment.published_by not in authors


def test_an_organisation_that_works_by_mail_speaks_through_a_coordinator():
    entered = Assessment.objects.filter(organisation__works_by_mail=True)
    assert entered.exists()
    assert all(assessment.created_by.is_coordinator for assessment in entered)


def test_work_is_due_and_overdue_whenever_it_is_opened():
    today = timezone.localdate()
    assert Cluster.objects.filter(due_on__lt=today).exists()
    assert Cluster.objects.filter(due_on__gte=today).exists()
    assert Round.objects.get().deadline > today
    for person in User.objects.filter(is_editor=True):
        assert person.items.exists()


def test_there_are_milestones_ahead():
    assert Milestone.objects.filter(on__gt="2027-01-01", cancelled_at__isnull=True).count() >= 2


def test_nothing_happened_in_the_future_and_the_log_is_whole():
    assert not Event.objects.filter(at__gt=timezone.now()).exists()
    assert list(faults()) == []
