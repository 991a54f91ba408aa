"""The words that are stored of files of evidence: how they came in, what copies are for, what a search found."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CameBy(TextChoices):
    """How a file of evidence came in."""

    FORM = "form", _("sent with a form")
    PIECES = "pieces", _("sent in pieces over a poor connection")
    FETCHED = "fetched", _("fetched from its address")
    PRODUCT = "product", _("put in on the server")


class CopyKind(TextChoices):
    """What a copy of a file is for."""

    SHARING = "sharing", pgettext_lazy("copy", "For sharing")
    REDACTED = "redacted", pgettext_lazy("copy", "Redacted")
    PREVIEW = "preview", pgettext_lazy("copy", "To look at")


class Scan(TextChoices):
    """What the search for malicious software found in a file."""

    NOT_SCANNED = "not_scanned", _("not scanned")
    CLEAN = "clean", _("nothing found")
    INFECTED = "infected", _("malicious software found")
