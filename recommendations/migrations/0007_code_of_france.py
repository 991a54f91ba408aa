"""France's code was FXX, which ISO 3166 withdrew in 1997; it is FRA, also in what was named after it."""

from django.db import migrations
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr

WRONG, RIGHT = "FXX", "FRA"


def mend(apps, schema_editor):
    states = apps.get_model("recommendations", "State").objects
    if states.filter(code=RIGHT).exists():
        return
    states.filter(code=WRONG).update(code=RIGHT)
    apps.get_model("recommendations", "StateAlias").objects.filter(folded=WRONG.lower()).update(
        label=RIGHT, folded=RIGHT.lower()
    )
    for model, field in (("ReviewCycle", "key"), ("Recommendation", "reference"), ("ReferenceAlias", "reference")):
        apps.get_model("recommendations", model).objects.filter(**{f"{field}__startswith": f"{WRONG}-"}).update(
            **{field: Concat(Value(RIGHT), Substr(F(field), len(WRONG) + 1))}
        )


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0006_imports_leave_a_trace")]

    operations = [migrations.RunPython(mend, migrations.RunPython.noop)]
