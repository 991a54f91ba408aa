"""The emergency door's index: what stands there and how is dashboard/emergency.py."""

from django.contrib import admin

from recommendations.dashboard.emergency import register

register(admin.site)
