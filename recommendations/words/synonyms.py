"""Words that search treats as one: the abbreviations of the glossary and the phrases they stand for."""

# Lower-case, before letters are folded: «ӘКШ» is the review, «АҚШ» the United States.
ABBREVIATIONS = {
    "упо": "upr",
    "әкш": "upr",
    "умш": "upr",
    "әмш": "upr",
    "upr": "upr",
    "нпо": "ngo",
    "үеұ": "ngo",
    "ngo": "ngo",
    "ngos": "ngo",
    "спч": "hrc",
    "hrc": "hrc",
    "увкпч": "ohchr",
    "ohchr": "ohchr",
    "цур": "sdg",
    "тдм": "sdg",
    "sdg": "sdg",
    "sdgs": "sdg",
}

# (language, phrase) for each token: a text that spells the name out is found by the abbreviation and the
# other way round, and the names that the interface does not use find the ones it uses.
PHRASES = {
    "upr": (
        ("en", "Universal Periodic Review"),
        ("ru", "универсальный периодический обзор"),
        ("kk", "әмбебап кезеңдік шолу"),
        ("kk", "әмбебап мерзімді шолу"),
        ("kk", "әмбебап мерзімдік шолу"),
        ("kk", "универсалдық мерзімдік шолу"),
    ),
    "ngo": (
        ("en", "non-governmental organization"),
        ("ru", "неправительственная организация"),
        ("kk", "үкіметтік емес ұйым"),
    ),
    "hrc": (
        ("en", "Human Rights Council"),
        ("ru", "Совет по правам человека"),
        ("kk", "Адам құқықтары жөніндегі кеңес"),
    ),
    "ohchr": (
        ("en", "Office of the High Commissioner for Human Rights"),
        ("en", "Office of the United Nations High Commissioner for Human Rights"),
        ("ru", "Управление Верховного комиссара по правам человека"),
        ("ru", "Управление Верховного комиссара ООН по правам человека"),
        ("kk", "Адам құқықтары жөніндегі Жоғарғы комиссарының басқармасы"),
    ),
    "sdg": (
        ("en", "Sustainable Development Goals"),
        ("ru", "Цели в области устойчивого развития"),
        ("kk", "Тұрақты даму мақсаттары"),
    ),
    "alternative-report": (
        ("en", "alternative report"),
        ("en", "shadow report"),
        ("ru", "альтернативный доклад"),
        ("ru", "теневой доклад"),
        ("kk", "балама баяндама"),
        ("kk", "баламалы баяндама"),
        ("kk", "көлеңкелі баяндама"),
    ),
}
