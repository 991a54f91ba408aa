"""A plural left empty in our catalogue is no translation: the package's own one is shown."""

import gettext
from pathlib import Path

from tracker.translations import compile_all

CATALOGUE = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: ru\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 ? 1 : 2);\\n"

msgid "%(n)d year"
msgid_plural "%(n)d years"
msgstr[0] ""
msgstr[1] ""
msgstr[2] ""

msgid "%(n)d item"
msgid_plural "%(n)d items"
msgstr[0] "%(n)d пункт"
msgstr[1] "%(n)d пункта"
msgstr[2] "%(n)d пунктов"
"""


def test_an_empty_plural_is_not_compiled_as_english(tmp_path: Path) -> None:
    """Else it would hide what Django or allauth say in that language."""
    folder = tmp_path / "ru" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(CATALOGUE, encoding="utf-8")
    assert compile_all([tmp_path]) == 1
    with (folder / "django.mo").open("rb") as compiled:
        ours = gettext.GNUTranslations(compiled)
    package = gettext.NullTranslations()
    package.ngettext = lambda one, many, n: "from the package"  # type: ignore[method-assign]
    ours.add_fallback(package)
    say = ours.ngettext  # by another name, so that these samples do not enter our own catalogue
    assert say("%(n)d year", "%(n)d years", 3) == "from the package"
    assert say("%(n)d item", "%(n)d items", 3) == "%(n)d пункта"
