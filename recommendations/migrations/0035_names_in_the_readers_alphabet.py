"""Names stand in the order of the reader's alphabet; nothing changes in the database."""

from django.db import migrations

from recommendations.web.alphabet import InAlphabet

_TERM = InAlphabet("name_en", "name_ru", "name_kk")
_OTHER = InAlphabet("name", "name_ru", "name_kk")
_ORDERINGS = {
    "affectedgroup": ("order", _TERM),
    "indicator": (_OTHER,),
    "organisation": (_OTHER,),
    "state": (_TERM,),
    "statebody": ("order", _TERM),
    "theme": ("order", _TERM),
    "user": (InAlphabet("name"),),
}


class Migration(migrations.Migration):
    """Options only."""

    dependencies = [("recommendations", "0034_method_editions")]

    operations = [
        migrations.AlterModelOptions(name=name, options={"ordering": ordering})
        for name, ordering in _ORDERINGS.items()
    ]
