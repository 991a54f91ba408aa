"""What was fixed in the code becomes data: whom each rule tells, and what each person left out of her digest."""

from django.db import migrations

AUDIENCES = {
    "milestone": (["members"], None),
    "round_deadline": (["in_charge", "coordinators"], None),
    "assignment_due": (["in_charge"], None),
    "waiting_review": (["reviewers"], 7),
    "returned_draft": (["in_charge"], None),
}


def fill(apps, schema_editor):
    rule = apps.get_model("recommendations", "ReminderRule")
    for kind, (audience, escalates) in AUDIENCES.items():
        rule.objects.filter(kind=kind, audience=[]).update(audience=audience, escalate_after=escalates)
    person = apps.get_model("recommendations", "User")
    for row in person.objects.exclude(digest_off=[]).only("pk", "digest_off"):
        person.objects.filter(pk=row.pk).update(channels=dict.fromkeys(row.digest_off, "product"))


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0018_reminders_as_data")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
