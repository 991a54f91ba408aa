"""The words and signs of the pages: ratings, positions, dates, query strings. `{% load look %}`."""

from __future__ import annotations

import datetime
import functools
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from recommendations.charts import signs
from recommendations.vocabulary import (
    AssessmentStatus,
    CannotReason,
    Confidentiality,
    ImportState,
    JobState,
    PositionKind,
    Rating,
    TestRating,
)
from recommendations.words.citations import without_citations

register = template.Library()

RATING_WORDS = dict(Rating.choices) | {TestRating.NOT_REQUIRED.value: TestRating.NOT_REQUIRED.label}
POSITION_WORDS = dict(PositionKind.choices)
STATUS_WORDS = dict(AssessmentStatus.choices) | dict(ImportState.choices) | dict(JobState.choices)
CANNOT_WORDS = dict(CannotReason.choices)
CONFIDENTIALITY_WORDS = dict(Confidentiality.choices)


@register.simple_tag
def sign(component: str, **values: Any) -> SafeString:
    """A small component that a long list repeats: rendered once for each value and language, then remembered.

    ``{% sign "position" code=row.position %}`` is ``{% include "components/_position.html" with code=… only %}``.
    """
    return _sign(get_language(), component, tuple(sorted(values.items())))


@functools.lru_cache(maxsize=2_000)
def _sign(language: str | None, component: str, values: tuple[tuple[str, Any], ...]) -> SafeString:
    return mark_safe(render_to_string(f"components/_{component}.html", dict(values)).strip())


@register.filter
def rating_word(code: str | None) -> str:
    """The word of a rating; "differ" and nothing have words of their own, though they are no ratings."""
    if code == "differ":
        return _("Organisations differ")
    return str(RATING_WORDS[code]) if code in RATING_WORDS else _("Not yet assessed")


@register.filter
def rating_sign(code: str | None) -> SafeString:
    """The drawn sign of a rating, hidden from screen readers: the word must stand beside it."""
    return mark_safe(signs.rating_sign(code if code in signs.ALONE else "not_yet"))


@register.filter
def position_word(code: str | None) -> str:
    """The State's answer in words, never shortened ("noted" and "accepted" begin alike in Russian)."""
    return str(POSITION_WORDS[code]) if code in POSITION_WORDS else _("No position recorded")


@register.filter
def status_word(code: str) -> str:
    """The word of a status of an assessment, an import or a job."""
    return str(STATUS_WORDS.get(code, code))


@register.filter
def cannot_word(code: str) -> str:
    """Why something cannot be assessed."""
    return str(CANNOT_WORDS.get(code, code))


@register.filter
def confidentiality_word(code: str) -> str:
    """The word of a level of confidentiality."""
    return str(CONFIDENTIALITY_WORDS.get(code, code))


@register.filter
def uncited(text: str) -> str:
    """A text without its citations, for excerpts of it."""
    return without_citations(text or "")


@register.filter
def svg(text: str) -> SafeString:
    """A picture that recommendations.charts wrote; never anything that a person entered."""
    return mark_safe(text or "")


@register.filter
def day(value: datetime.date | None, unknown: str = "") -> SafeString | str:
    """A date as people of the chosen language write it, in a `time` element."""
    if not value:
        return unknown
    if isinstance(value, datetime.datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
    return format_html(
        '<time datetime="{}" class="nowrap">{}</time>',
        value.strftime("%Y-%m-%d"),
        formats.date_format(value, "DATE_FORMAT"),
    )


@register.filter
def moment(value: datetime.datetime | datetime.date | None) -> SafeString | str:
    """A date with its time of day, in a `time` element; of a day, the day."""
    if not value:
        return ""
    if not isinstance(value, datetime.datetime):
        return day(value)
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return format_html(
        '<time datetime="{}" class="nowrap">{} {}</time>',
        value.isoformat(timespec="minutes"),
        formats.date_format(local, "SHORT_DATE_FORMAT"),
        formats.time_format(local, "TIME_FORMAT"),
    )


@register.filter
def days_from_today(value: datetime.date | None) -> str:
    """How far away a day is, in words: "today", "in 12 days", "3 days ago"."""
    if not value:
        return ""
    if isinstance(value, datetime.datetime):
        value = timezone.localtime(value).date()
    distance = (value - timezone.localdate()).days
    if distance == 0:
        return pgettext("a day", "today")
    if distance == 1:
        return pgettext("a day", "tomorrow")
    if distance == -1:
        return pgettext("a day", "yesterday")
    if distance > 0:
        return ngettext("in %(count)d day", "in %(count)d days", distance) % {"count": distance}
    return ngettext("%(count)d day ago", "%(count)d days ago", -distance) % {"count": -distance}


@register.inclusion_tag("components/_field_errors.html")
def form_problems(form: Any) -> dict[str, Any]:
    """What is wrong with a form, first thing above it, each problem a link to its field."""
    form.problems_shown = True
    return {"form": form}
