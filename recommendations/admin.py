"""What stands behind the emergency door; how it stands there is dashboard/emergency.py."""

from django.contrib import admin

from recommendations import models
from recommendations.dashboard.emergency import open_door

open_door(
    admin.site,
    terms=(models.State, models.Body, models.Theme, models.AffectedGroup),
    read_only=(
        models.User,
        models.Organisation,
        models.Membership,
        models.ReviewCycle,
        models.Document,
        models.Milestone,
        models.ImportRun,
        models.Job,
        models.Event,
        models.Delivery,
        models.Digest,
    ),
    rules=(models.ReminderRule,),
)
