"""Lists of names follow the alphabet of the reader's language, and both databases and Python agree on it."""

import random

import pytest
from django.utils.translation import override

from recommendations.catalogue.models import State, Theme
from recommendations.organisations.models import Organisation
from recommendations.web.alphabet import InAlphabet
from recommendations.words.alphabet import alphabetical
from tests.factories import make_organisation, make_person, make_state, make_theme

KAZAKH_ALPHABET = [
    "а",
    "ә",
    "б",
    "в",
    "г",
    "ғ",
    "д",
    "е",
    "ё",
    "ж",
    "з",
    "и",
    "й",
    "к",
    "қ",
    "л",
    "м",
    "н",
    "ң",
    "о",
    "ө",
    "п",
    "р",
    "с",
    "т",
    "у",
    "ұ",
    "ү",
    "ф",
    "х",
    "һ",
    "ц",
    "ч",
    "ш",
    "щ",
    "ъ",
    "ы",
    "і",
    "ь",
    "э",
    "ю",
    "я",
]
RUSSIAN_ALPHABET = [
    "а",
    "б",
    "в",
    "г",
    "д",
    "е",
    "ж",
    "з",
    "и",
    "й",
    "к",
    "л",
    "м",
    "н",
    "о",
    "п",
    "р",
    "с",
    "т",
    "у",
    "ф",
    "х",
    "ц",
    "ч",
    "ш",
    "щ",
    "ъ",
    "ы",
    "ь",
    "э",
    "ю",
    "я",
]
KAZAKH = [
    "Азаптау",
    "Айыппұл",
    "Әділет",
    "Әйелдер",
    "Баспасөз",
    "Ғылым",
    "Еңбек",
    "Ёлка",
    "Жиналыс",
    "Кәсіподақ",
    "Қамау",
    "Құқық",
    "Мүгедектік",
    "Наразылық",
    "Нысана",
    "Оқу",
    "Өлім",
    "Сөз",
    "Тіл",
    "Ұлт",
    "Ұсыным",
    "Үй",
    "Үкім",
    "Халық",
    "Һәм",
    "Шағым",
    "Ынтымақ",
    "Ісік",
    "UPR",
]
RUSSIAN = [
    "Арест",
    "Выборы",
    "Ежегодный",
    "Елка",
    "Ёлка",
    "Ёлочка",
    "Емкость",
    "Женщины",
    "Казнь",
    "Пресса",
    "Пытки",
    "Собрание",
    "Собрания",
    "Ёж",
]
ENGLISH = (
    "Albania|Åland|Algeria|Côte d’Ivoire|Guinea|Guinea Bissau|Guinea-Bissau|Oman|Türkiye|Turkmenistan|Tuvalu"
)


def shuffled(words: list[str]) -> list[str]:
    return random.Random(7).sample(words, len(words))


@pytest.mark.parametrize(("language", "letters"), [("kk", KAZAKH_ALPHABET), ("ru", RUSSIAN_ALPHABET)])
def test_letters_stand_in_the_order_of_the_alphabet(language, letters):
    assert sorted(shuffled(letters), key=lambda letter: alphabetical(letter, language)) == letters


def test_kazakh_letters_stand_behind_those_they_come_from_and_latin_words_last():
    assert sorted(shuffled(KAZAKH), key=lambda word: alphabetical(word, "kk")) == KAZAKH


def test_in_russian_yo_counts_as_ye():
    assert sorted(shuffled(["Ежи", "Ёжик", "Ежики", "Ель"]), key=lambda word: alphabetical(word, "ru")) == [
        "Ежи",
        "Ёжик",
        "Ежики",
        "Ель",
    ]


def test_in_english_an_accent_does_not_move_a_name_behind_z():
    names = ENGLISH.split("|")
    assert sorted(shuffled(names), key=lambda name: alphabetical(name, "en"))[:3] == [
        "Åland",
        "Albania",
        "Algeria",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"), [("kk", KAZAKH), ("ru", RUSSIAN), ("en", ENGLISH.split("|")), ("kk", RUSSIAN)]
)
def test_the_database_orders_as_python_does(language, words):
    Theme.objects.all().delete()
    for number, word in enumerate(shuffled(words)):
        make_theme(f"sorted-{number}", name_en=word)
    with override(language):
        names = list(Theme.objects.order_by(InAlphabet("name_en")).values_list("name_en", flat=True))
    assert names == sorted(words, key=lambda word: alphabetical(word, language))


@pytest.mark.django_db
def test_terms_are_ordered_by_the_name_the_reader_sees():
    State.objects.all().delete()
    make_state("DEU", name_en="Germany", name_ru="Германия", name_kk="Германия")
    make_state("HUN", name_en="Hungary", name_ru="Венгрия", name_kk="Мажарстан")
    make_state("IND", name_en="India", name_ru="Индия", name_kk="Үндістан")
    make_state("UZB", name_en="Uzbekistan", name_ru="Узбекистан", name_kk="Өзбекстан")
    make_state("XZZ", name_en="Zed")
    orders = {}
    for language in ("en", "ru", "kk"):
        with override(language):
            orders[language] = list(State.objects.values_list("code", flat=True))
    assert orders == {
        "en": ["DEU", "HUN", "IND", "UZB", "XZZ"],
        "ru": ["HUN", "DEU", "IND", "UZB", "XZZ"],
        "kk": ["DEU", "HUN", "UZB", "IND", "XZZ"],
    }


@pytest.mark.django_db
def test_an_organisation_without_a_name_in_the_language_stands_under_the_one_it_has():
    Organisation.objects.all().delete()
    make_organisation(name="Zebra", short_name="Z", name_ru="Альфа")
    make_organisation(name="Бета", short_name="B")
    with override("ru"):
        assert [str(one) for one in Organisation.objects.all()] == ["Альфа", "Бета"]
    with override("en"):
        assert [str(one) for one in Organisation.objects.all()] == ["Zebra", "Бета"]


@pytest.mark.django_db
def test_the_page_of_people_follows_the_alphabet(client):
    admin = make_person("administrator", name="Яна", language="kk")
    for name in ("Әсел", "Бекзат", "Қуат", "Камила", "Ұлан", "Айгүл"):
        make_person(name=name)
    client.force_login(admin)
    page = client.get("/people/", headers={"accept-language": "kk"}).content.decode()
    places = [page.index(f">{name}<") for name in ("Айгүл", "Әсел", "Бекзат", "Камила", "Қуат", "Ұлан")]
    assert places == sorted(places)
