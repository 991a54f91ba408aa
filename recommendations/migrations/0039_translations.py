"""Translations of assessments: work with a person and a state."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """One table."""

    dependencies = [
        ('recommendations', '0038_fact_sheets'),
    ]

    operations = [
        migrations.CreateModel(
            name='Translation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('en', 'English'), ('ru', 'Russian'), ('kk', 'Kazakh')], max_length=2, verbose_name='language')),
                ('texts', models.JSONField(blank=True, default=dict)),
                ('source_mark', models.CharField(blank=True, max_length=64)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('taken_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('saved_at', models.DateTimeField(null=True)),
                ('checked_at', models.DateTimeField(null=True)),
                ('assessment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='translations', to='recommendations.assessment')),
                ('checked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('translator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='translations', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('assessment', 'language'),
                'constraints': [models.UniqueConstraint(fields=('assessment', 'language'), name='translation_once_per_language'), models.CheckConstraint(condition=models.Q(('checked_by__isnull', True), models.Q(('checked_by', models.F('translator')), _negated=True), _connector='OR'), name='translation_checked_by_another')],
            },
        ),
    ]
