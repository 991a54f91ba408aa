from django.db import migrations

from recommendations.formats.sealed_field import Sealed


# Tables of which these columns lie sealed in every row.
ALWAYS = {
    "SourceIdentity": ("identity", "notes"),
    "ConsentRecord": ("note", "withdrawal_reason"),
    "LevelChange": ("reason",),
}


def seal(apps, _editor):
    """Seal the texts of what is restricted already. A source that other items share gets a copy."""
    evidence, source, observation = (
        apps.get_model("recommendations", name) for name in ("Evidence", "Source", "Observation")
    )
    for item in evidence.objects.filter(confidentiality="restricted").select_related("source"):
        rows = [
            (item, ("description", "method", "held_by", "check_note")),
            *((link, ("why", "passage")) for link in item.links.all()),
            *((file, ("name",)) for file in item.files.all()),
        ]
        for row, fields in rows:
            type(row).objects.filter(pk=row.pk).update(**{name: Sealed(getattr(row, name)) for name in fields})
        if item.source is None:
            continue
        row = item.source
        uses = evidence.objects.filter(source=row).count() + observation.objects.filter(source=row).count()
        if uses > 1:
            row.pk = None
        for name in ("publisher", "title", "url", "published_text"):
            setattr(row, name, Sealed(getattr(row, name)))
        row.save()
        evidence.objects.filter(pk=item.pk).update(source=row)
    for name, fields in ALWAYS.items():
        for row in apps.get_model("recommendations", name).objects.all():
            row.save(update_fields=fields)


def unseal(apps, _editor):
    """Write the texts of restricted items in clear again."""
    tables = {
        "Evidence": ("description", "method", "held_by", "check_note"),
        "EvidenceLink": ("why", "passage"),
        "EvidenceFile": ("name",),
        "Source": ("publisher", "title", "url", "published_text"),
    }
    for name, fields in tables.items():
        model = apps.get_model("recommendations", name)
        for row in model.objects.all():
            texts = {field: getattr(row, field) for field in fields}
            if any(isinstance(text, Sealed) and not text.stored for text in texts.values()):
                model.objects.filter(pk=row.pk).update(**{field: str(text) for field, text in texts.items()})


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0024_texts_that_can_be_sealed")]

    operations = [migrations.RunPython(seal, unseal)]
