"""Which tables leave, which stay and why, and how a value of the database is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.utils.functional import cached_property

from recommendations.audit.models import ChainHead, Event, EventDetail

# What a dump leaves out on purpose, each with its reason, which stands in the manifest. Tables by their labels …
LEFT_OUT = {
    "sessions.Session": "who is signed in now: with a session's key one could act as that person",
    "usersessions.UserSession": "from where people are signed in now, with the keys of their sessions",
    "recommendations.KnownDevice": "marks of the devices on which people signed in before",
    "mfa.Authenticator": "second factors of people, sealed with the server's key; people set up new ones",
    "account.EmailConfirmation": "keys that confirm an address",
    "recommendations.Upload": "files on their way in pieces, which are not evidence yet",
    "recommendations.UploadPiece": "their pieces",
    "recommendations.SearchEntry": "the search index, made from the texts by manage.py reindex_search",
}
# … columns by label and name.
LEFT_OUT_COLUMNS = {
    "recommendations.User.password": "the hash of a password; people set a new one",
    "recommendations.Invitation.token_hash": "the hash of an invitation's secret address",
    "recommendations.CalendarFeed.token_hash": "the hash of a calendar's secret address",
    "recommendations.ShareLink.token_hash": "the hash of a share link's secret address",
    "recommendations.SignInRestoration.token_hash": "the hash of an address that restores a sign-in",
    "recommendations.Job.token": "the mark of a worker that holds a job at this moment",
}
# What lies beside the database and is left out.
LEFT_OUT_BESIDE = {
    "settings and secrets": "the secret key, the passwords of the database and of the mail server: they belong to "
    "the server, not to the data",
    "mail kept as files": "letters that were sent; what they said stands in the notifications",
    "complete exports made before": "each holds what this one holds, as it was then",
    "the cache": "counts that are counted again",
}
# The log, by what the check needs to know it.
AUDIT = {Event: "events", EventDetail: "details", ChainHead: "head"}

_KINDS: tuple[tuple[type[models.Field], str], ...] = (
    (models.BooleanField, "boolean"),
    (models.IntegerField, "integer"),
    (models.DecimalField, "decimal"),
    (models.FloatField, "number"),
    (models.DateTimeField, "moment"),
    (models.DateField, "date"),
    (models.TimeField, "time"),
    (models.UUIDField, "uuid"),
    (models.JSONField, "json"),
    (models.CharField, "text"),
    (models.TextField, "text"),
    (models.GenericIPAddressField, "text"),
)


@dataclass(frozen=True)
class Column:
    """One column that leaves."""

    field: models.Field

    @property
    def name(self) -> str:
        """Its name in the database."""
        return str(self.field.column)

    @cached_property
    def kind(self) -> str:
        """The type of its values in the dump; a type that nobody thought of is a defect, found by a test."""
        field: Any = self.field
        while isinstance(field, models.ForeignKey):
            field = field.target_field
        for kind, name in _KINDS:
            if isinstance(field, kind):
                return name
        raise TypeError(f"no type in the dump for {type(field).__name__} ({self.field})")


@dataclass(frozen=True)
class Table:
    """One table that leaves."""

    model: type[models.Model]

    @property
    def name(self) -> str:
        """Its name in the database, which is that of its files."""
        return self.model._meta.db_table

    @property
    def key(self) -> str:
        """The column by which its rows are known and in whose order they leave."""
        return str(self.model._meta.pk.column)

    @cached_property
    def columns(self) -> list[Column]:
        """The columns that leave, in their order."""
        label = self.model._meta.label
        return [
            Column(field)
            for field in self.model._meta.concrete_fields
            if f"{label}.{field.attname}" not in LEFT_OUT_COLUMNS
        ]

    def rows(self, connection: Any) -> Iterator[list[Any]]:
        """The rows as JSON says them, one after the other in the order of the key, through this connection."""
        names = [column.field.attname for column in self.columns]
        found = self.model._base_manager.order_by("pk").values_list(*names)
        compiler = found.query.get_compiler(connection=connection)
        for row in compiler.results_iter(chunked_fetch=True):
            yield [plain(value) for value in row]


def tables() -> list[Table]:
    """Every table that leaves: all there are but those left out."""
    return [
        Table(model)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.label not in LEFT_OUT
    ]


def plain(value: Any) -> Any:
    """A value as JSON says it: moments in UTC to the microsecond, decimal numbers as text, JSON as it is."""
    if value is None or isinstance(value, str | bool | int | float | list | dict):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"a dump cannot say {type(value).__name__}")
