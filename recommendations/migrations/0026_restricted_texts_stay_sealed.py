import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0025_restricted_texts_sealed")]

    operations = [
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confidentiality', 'restricted'), _negated=True), models.Q(models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Length('description'), 0), django.db.models.lookups.Exact(django.db.models.functions.text.Left('description', 9), 'sealed:1:'), _connector='OR'), models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Length('method'), 0), django.db.models.lookups.Exact(django.db.models.functions.text.Left('method', 9), 'sealed:1:'), _connector='OR'), models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Length('held_by'), 0), django.db.models.lookups.Exact(django.db.models.functions.text.Left('held_by', 9), 'sealed:1:'), _connector='OR'), models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Length('check_note'), 0), django.db.models.lookups.Exact(django.db.models.functions.text.Left('check_note', 9), 'sealed:1:'), _connector='OR')), _connector='OR'), name='evidence_restricted_is_sealed'),
        ),
    ]
