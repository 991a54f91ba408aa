"""Texts that cite evidence, as pages show them. `{% load citing %}`."""

from __future__ import annotations

from typing import Any

from django import template

from recommendations.assessments import reading

register = template.Library()


@register.inclusion_tag("assessments/_pieces.html")
def cited_text(text: str, shelf: reading.Shelf) -> dict[str, Any]:
    """A text within a line, its citations as links to what the reader of the shelf may see."""
    return {"paragraphs": reading.paragraphs(text, shelf)}
