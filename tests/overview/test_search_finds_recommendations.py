import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from recommendations.catalogue.models import Recommendation, ReferenceAlias, Theme
from recommendations.catalogue.recording import correct_recommendation
from recommendations.overview.models import SearchEntry
from recommendations.overview.search import MOST_RANKED, best_first, matching, reindex, reindex_all
from recommendations.vocabulary import TextKind
from tests.factories import make_cycle, make_document, make_recommendation, make_state, make_theme

pytestmark = pytest.mark.django_db


def found(query: str) -> list[str]:
    rows = matching(Recommendation.objects.all(), query)
    return list(best_first(rows, rows.count()).values_list("reference", flat=True))


@pytest.fixture
def media() -> Recommendation:
    """An invented recommendation with a text in three languages, a State that made it and a theme."""
    cycle = make_cycle(make_state("KAZ", name_en="Kazakhstan", name_ru="Казахстан", name_kk="Қазақстан"), 2)
    theme = make_theme(
        "media", name_en="Freedom of the press", name_ru="Свобода печати", name_kk="Баспасөз бостандығы"
    )
    return make_recommendation(
        "124.26",
        document=make_document(cycle, "A/HRC/28/10"),
        texts=[
            ("en", TextKind.OFFICIAL, "Stop closing newspapers without the decision of a judge"),
            ("ru", TextKind.WORKING_TRANSLATION, "Прекратить закрытие газет без решения судьи"),
            ("kk", TextKind.WORKING_TRANSLATION, "Газеттерді сот шешімінсіз жабуды тоқтату"),
        ],
        recommending=[make_state("NOR", name_en="Norway", name_ru="Норвегия", name_kk="Норвегия")],
        themes=[theme],
    )


@pytest.mark.parametrize(
    "query",
    [
        "newspaper judges",
        "газеты судей",
        "газет",
        "газеттер",
        "Norway",
        "норвегии",
        "Kazakhstan newspapers",
        "press freedoms",
        "баспасөз",
        "KAZ-2-124.26",
        "kaz-2-124",
        "124.26",
        "A/HRC/28/10",
        "a/hrc/28",
    ],
)
def test_a_recommendation_is_found_by_text_states_themes_reference_and_symbol(media, query):
    make_recommendation(
        "99.1", document=make_document(make_cycle(make_state("XAA"), 3)), text="Something else"
    )
    assert found(query) == [media.reference]


@pytest.mark.parametrize("query", ["newspaper prisons", "Sweden", "124.2", "A/HRC/28/11", "тюрьма", "KAZ-1"])
def test_all_words_must_be_there(media, query):
    assert found(query) == []


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "newspaper' OR 1=1",
        "NEAR(a b)",
        "stems:x",
        "*",
        "a AND",
        "(",
        "& | !",
        "\\",
        ":*",
        "%s %%",
        "'",
        "\x00",
        "-",
    ],
)
def test_signs_of_the_databases_own_query_languages_do_nothing(media, query):
    assert len(found(query)) <= 1


def test_a_query_of_small_words_filters_nothing(media):
    assert found("in the") == found("") == [media.reference]


def test_a_paraphrase_is_not_found_beside_an_official_text():
    make_recommendation(
        texts=[("en", TextKind.OFFICIAL, "Close the camp"), ("en", TextKind.PARAPHRASE, "Shut the facility")]
    )
    assert len(found("camp")) == 1
    assert found("facility") == []


def test_the_best_comes_first():
    others = [make_recommendation(text=f"Build school number {number}") for number in range(5)]
    long = make_recommendation(text=f"Torture and {'forty other invented matters of all kinds ' * 5}")
    short = make_recommendation(text="End torture, investigate torture")
    assert len(others) == 5
    assert found("torture") == [short.reference, long.reference]


def test_of_very_many_hits_the_order_is_that_of_the_catalogue(media):
    rows = matching(Recommendation.objects.all(), "newspaper")
    assert best_first(rows, MOST_RANKED + 1).query.order_by == ("order_key",)


def test_a_correction_is_found_at_once_and_the_old_wording_no_longer(media):
    correct_recommendation(
        media,
        by=None,
        revision=media.revision,
        texts=[("en", TextKind.OFFICIAL, "Reopen the radio stations")],
    )
    assert found("radio") == [media.reference]
    assert found("newspaper judge") == []


def test_an_old_reference_still_finds(media):
    ReferenceAlias.objects.create(recommendation=media, reference="KAZ-2-200.5")
    reindex([media.pk])
    assert found("KAZ-2-200.5") == [media.reference]


def test_rows_are_filtered_before_and_after(media):
    assert list(matching(Recommendation.objects.filter(position="noted"), "newspaper")) == []
    assert matching(Recommendation.objects.all(), "newspaper").filter(pk=media.pk).count() == 1
    assert list(
        Recommendation.objects.filter(pk__in=matching(Recommendation.objects.all(), "norway").values("pk"))
    ) == [media]


def test_counting_a_facet_groups_by_its_column_only(media):
    make_recommendation("124.27", document=media.document, text="Another about newspapers and another length")
    rows = matching(Recommendation.objects.order_by(), "newspapers")
    assert list(rows.values_list("state").annotate(n=Count("pk")).values_list("n", flat=True)) == [2]


def test_writing_the_index_twice_changes_nothing_and_costs_the_same_for_one_row_and_many(
    media,
):
    many = [make_recommendation(text=f"Invented sentence {number}").pk for number in range(10)]
    before = list(SearchEntry.objects.order_by("pk").values_list("pk", "stems"))
    with CaptureQueriesContext(connection) as one:
        reindex([media.pk])
    with CaptureQueriesContext(connection) as all_of_them:
        assert reindex([media.pk, *many]) == 11
    assert len(all_of_them) == len(one)
    assert list(SearchEntry.objects.order_by("pk").values_list("pk", "stems")) == before


def test_a_recommendation_that_is_gone_is_found_no_more(media):
    pk = media.pk
    media.delete()
    assert found("newspaper") == []
    assert reindex([pk]) == 0
    assert not SearchEntry.objects.filter(pk=pk).exists()


def test_the_command_rebuilds_an_empty_index_and_takes_new_names(media, capsys):
    SearchEntry.objects.all()._raw_delete("default")
    assert found("newspaper") == []
    Theme.objects.filter(code="media").update(name_en="Media pluralism")
    call_command("reindex_search")
    assert "1 recommendations can be searched" in capsys.readouterr().out
    assert found("pluralism") == found("newspaper") == [media.reference]


def test_rebuilding_gives_what_following_each_change_gave(media):
    kept = SearchEntry.objects.filter(pk__in=Recommendation.objects.values("pk"))
    before = list(kept.values_list("pk", "stems"))
    assert reindex_all() == 1
    assert list(SearchEntry.objects.values_list("pk", "stems")) == before


def test_entries_of_recommendations_that_are_gone_leave_with_a_rebuild(media):
    other = make_recommendation(text="An invented sentence that stays")
    media.delete()
    assert reindex_all() == 1
    assert list(SearchEntry.objects.values_list("pk", flat=True)) == [other.pk]


def test_a_large_change_is_written_in_parts(media, monkeypatch):
    monkeypatch.setattr("recommendations.overview.search._CHUNK", 2)
    pks = [make_recommendation(text=f"Invented sentence {number}").pk for number in range(5)]
    SearchEntry.objects.all()._raw_delete("default")
    assert reindex(iter(pks)) == 5
    assert len(found("invented")) == 5
