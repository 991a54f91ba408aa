"""The emergency door: Django's admin over what has no workflow, everything that has one read-only or absent.

The administrator's role opens no content, so assessments and evidence do not stand here at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest

from recommendations.audit.log import record


class ReadOnly(admin.ModelAdmin):
    """Rows to look at: changes go through the product's own pages, which ask who may and write the log."""

    exclude = ("password",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


class Logged(admin.ModelAdmin):
    """What is changed through the door stands in the log like every other change."""

    verb = ""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save, and say so."""
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            record(self.verb, obj, by=request.user, detail={"fields": sorted(form.changed_data)})


class Terms(Logged):
    """Names of terms may be corrected here; rows are neither added nor deleted."""

    verb = "term.changed"
    search_fields = ("name_en", "name_ru", "name_kk", "code")
    list_display = ("code", "name_en", "name_ru", "name_kk")
    readonly_fields = ("code",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Terms come from the reference data."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows refer to them."""
        return False


class Rules(Logged):
    """Lead times of reminders, and whether they are on."""

    verb = "reminder.rule_changed"
    list_display = ("kind", "leads", "is_on")
    readonly_fields = ("kind",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The product knows the kinds."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Switched off instead."""
        return False


def open_door(
    site: admin.AdminSite,
    *,
    terms: Iterable[type[Model]],
    read_only: Iterable[type[Model]],
    rules: Iterable[type[Model]],
) -> None:
    """Register what stands behind the door; signing in goes through the product's own sign-in."""
    site.site_header = "UPR tracker"
    site.login = secure_admin_login(site.login)  # type: ignore[method-assign]
    for models, how in ((terms, Terms), (read_only, ReadOnly), (rules, Rules)):
        for model in models:
            site.register(model, how)
