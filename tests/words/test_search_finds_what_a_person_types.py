"""Each pair: what a person types, and a text it must find. Index and query go through the same stems."""

import pytest

from recommendations.words.stems import query_terms, stems

ENGLISH = [
    ("torture", "Investigate all allegations of torture"),
    ("tortured", "Prevent torturing of detainees"),
    ("prisons", "conditions in a prison"),
    ("elections", "hold a free election"),
    ("freedom assembly", "the freedoms of assembly and association"),
    ("ratify", "Ratification ratified and ratifying: to ratify the Convention"),
    ("judges independent", "the independence of the judge; independently"),
    ("NGO", "cooperate with NGOs"),
    ("non-governmental organisations", "consult NGOs"),
    ("NGOs", "support for non-governmental organizations"),
    ("UPR", "follow up the Universal Periodic Review"),
    ("universal periodic review", "the UPR recommendations"),
    ("UPR", "рекомендации УПО"),
    ("Human Rights Council", "a decision of the HRC"),
    ("organization", "civil society organisations"),
    ("labor", "forced labour"),
    ("behaviors", "harmful behaviour"),
    ("criminalise", "the criminalization of defamation"),
    ("KAZ-2-124.26", "KAZ-2-124.26 closing of media"),
    ("kaz-2-124.26", "KAZ-2-124.26"),
    ("124.26", "KAZ-2-124.26"),
    ("KAZ-2", "KAZ-2-124.26"),
    ("KAZ-2-124", "KAZ-2-124.26"),
    ("124", "KAZ-2-124.26"),
    ("A/HRC/28", "see A/HRC/28/10"),
    ("KAZ 2 124.26", "KAZ-2-124.26"),
    ("KAZ", "KAZ-2-124.26"),
    ("A/HRC/28/10", "see A/HRC/28/10."),
    ("a/hrc/28/10", "A/HRC/28/10/Add.1, paragraph 3"),
    ("A/HRC/28/10/Add.1", "A/HRC/28/10/Add.1"),
    ("CCPR/C/KAZ/CO/3", "welcomed in CCPR/C/KAZ/CO/3"),
    ("A/HRC/WG.6/20/KAZ/1", "(A/HRC/WG.6/20/KAZ/1)"),
    ("29468", "29,468 domains were blocked"),
    ("State's", "of the States"),
    ("Cote d’Ivoire", "Côte d'Ivoire"),
    ("shadow report", "an alternative report of the coalition"),
    ("KAZ-CCPR-2-24a", "KAZ-CCPR-2-24a"),
]
RUSSIAN = [
    ("пытки", "расследовать все случаи пыток"),
    ("пытка", "о предупреждении пытками"),
    ("ребенка", "права ребёнок"),
    ("ребёнок", "интересы ребенка"),
    ("выборы", "проведение свободных выборов"),
    ("тюрьмы", "условия в тюрьмах"),
    ("свобода собраний", "право на свободу мирных собраний"),
    ("рекомендация", "выполнение рекомендаций"),
    ("рекомендациями", "РЕКОМЕНДАЦИЯ"),
    ("инвалиды", "для инвалидов"),
    ("женщина", "насилие в отношении женщин"),
    ("закон", "изменить законы"),
    ("УПО", "Универсального периодического обзора"),
    ("универсальный периодический обзор", "представление для УПО"),
    ("УПО", "the UPR mechanism"),
    ("НПО", "сотрудничать с NGO"),
    ("НПО", "неправительственными организациями"),
    ("СПЧ", "резолюция Совета по правам человека"),
    ("теневой доклад", "альтернативные доклады организаций"),
    ("журналисты", "преследование журналистов"),
    ("судей независимость", "независимости судьи и суда: судей"),
    ("правозащитник", "защита правозащитников"),
    ("блокировка сайтов", "блокировку сайта без суда"),
    ("съёмка", "съемки на улице"),
    ("KAZ-2-124.26", "рекомендация KAZ-2-124.26"),
]
KAZAKH = [
    ("құқық", "адам құқықтарының сақталуы"),
    ("кукык", "адам құқықтары"),
    ("адам кукыктары", "адам құқығын қорғау"),
    ("құқығы", "құқықтардың"),
    ("азаптау", "азаптаудан қорғау"),
    ("сайлау", "сайлауды өткізу"),
    ("бала", "балалардың мүддесі"),
    ("балаларга", "баланың"),
    ("әйелдер", "әйелдердің құқықтары"),
    ("айел", "әйелге"),
    ("бостандық", "бостандығын қамтамасыз ету"),
    ("жиналыс", "бейбіт жиналыстарға"),
    ("мемлекет", "мемлекеттік органдар"),
    ("заңдар", "заңның"),
    ("журналист", "журналистердің"),
    ("мүгедектік", "мүгедектігі бар адамдар"),
    ("соттар", "сотта"),
    ("тілі", "тілдерде"),
    ("ұсыным", "ұсынымдарды орындау"),
    ("ӘКШ", "ӘКШ-нің ұсынымдары"),
    ("ӘМШ", "Әмбебап кезеңдік шолудың"),
    ("УМШ", "УПО"),
    ("әмбебап мерзімді шолу", "ӘКШ"),
    ("ҮЕҰ", "үкіметтік емес ұйымдардың"),
    ("ҮЕҰ", "НПО"),
    ("еркіндік", "сөз еркіндігіне"),
    ("қылмыс", "қылмыстық кодекс"),
    ("көлеңкелі баяндама", "балама баяндаманы"),
]
NOT_FOUND = [
    ("ӘКШ", "АҚШ үкіметі", "kk"),
    ("АҚШ", "ӘКШ ұсынымдары", "kk"),
    ("124.2", "KAZ-2-124.26", "en"),
    ("KAZ-1", "KAZ-2-124.26", "en"),
    ("A/HRC/28/1", "A/HRC/28/10", "en"),
    ("torture prison", "torture of a witness", "en"),
    ("поддержана", "принята к сведению", "ru"),
    ("HRC", "A/HRC/28/10", "en"),
]


def finds(query: str, text: str, language: str) -> bool:
    index = set(stems(text, language))
    terms = query_terms(query)
    return bool(terms) and all(index.intersection(term) for term in terms)


@pytest.mark.parametrize(
    ("language", "query", "text"),
    [
        (language, query, text)
        for language, pairs in (("en", ENGLISH), ("ru", RUSSIAN), ("kk", KAZAKH))
        for query, text in pairs
    ],
)
def test_a_query_finds_the_text(language, query, text):
    assert finds(query, text, language), (query_terms(query), stems(text, language))


@pytest.mark.parametrize(("query", "text", "language"), NOT_FOUND)
def test_a_query_does_not_find_another_text(query, text, language):
    assert not finds(query, text, language)


@pytest.mark.parametrize("query", ["", "  ", "the", "и в на", "?!", "\x00", "жане"])
def test_a_query_of_small_words_asks_for_nothing(query):
    assert query_terms(query) == []


def test_a_language_that_is_known_need_not_be_guessed():
    assert stems("балалар", "kk") == ["бал"]
    assert stems("балалар", "ru") != ["бал"]


def test_tokens_hold_only_letters_digits_and_the_signs_of_references():
    odd = "x\u0301 “Supported/Noted” C++ a_b 'quoted' \u202eRTL\u202c emoji 😀 E-12 10.5% №7 §3 «ёлка» \ud800"
    for token in stems(odd):
        assert all(sign.isalnum() or sign in "-./" for sign in token), token


def test_unknown_scripts_are_kept_word_by_word():
    assert stems("საქართველო 中国 العربية") == ["საქართველო", "中国", "العربية"]
