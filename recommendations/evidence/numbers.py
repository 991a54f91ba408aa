"""Figures as people of each language write them: 593 069 and 0,04, or 593,069 and 0.04."""

from __future__ import annotations

import re
from decimal import Decimal

from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

_BLANKS = re.compile(r"[\s\u00a0\u2009\u202f']+")
_GROUPED = r"[+-]?\d{1,3}(?:%s\d{3})+"
_PLAIN = r"[+-]?\d+"
MOST_PLACES = 4
MOST_WHOLE = 14


def parse_number(text: str) -> Decimal:
    """The figure that a person typed in the language of her pages. Raises ``ValueError`` with a sentence.

    Blanks of every kind may divide thousands. In English a comma divides thousands and a point the fraction; in
    Russian and Kazakh a comma (or a point) divides the fraction, and ``1,126`` is refused: it can be read both ways.
    """
    typed = text.strip().replace("\u2212", "-").replace("–", "-")
    blanks = r"[\s\u00a0\u2009\u202f']"
    if re.search(rf"\d{blanks}+\d", typed) and not re.match(rf"{_GROUPED % blanks}(?:[.,]\d+)?\Z", typed):
        raise ValueError(_("Blanks divide a number in threes: 593 069."))
    compact = _BLANKS.sub("", typed)
    english = (get_language() or "en").startswith("en")
    number = _english(compact) if english else _russian(compact)
    if number is None:
        raise ValueError(_("This is not a number. Write it like this: %(example)s.") % {"example": example()})
    if -number.as_tuple().exponent > MOST_PLACES:  # type: ignore[operator]
        raise ValueError(_("No more than four places after the decimal sign."))
    if len(str(abs(int(number)))) > MOST_WHOLE:
        raise ValueError(_("This number is too large."))
    return number


def _english(compact: str) -> Decimal | None:
    if re.match(rf"{_GROUPED % ','}(?:\.\d+)?\Z", compact) or re.match(rf"{_PLAIN}(?:\.\d+)?\Z", compact):
        return Decimal(compact.replace(",", ""))
    if re.match(rf"{_PLAIN},\d+\Z", compact):
        raise ValueError(
            _("In English a point divides the fraction: %(meant)s.") % {"meant": compact.replace(",", ".")}
        )
    return None


def _russian(compact: str) -> Decimal | None:
    if re.match(r"[+-]?[1-9]\d{0,2},\d{3}\Z", compact):
        raise ValueError(
            _("%(typed)s can be read as %(whole)s and as a fraction: write %(whole)s or %(fraction)s.")
            % {"typed": compact, "whole": compact.replace(",", ""), "fraction": f"{compact}0"}
        )
    if re.match(rf"{_PLAIN}(?:[.,]\d+)?\Z", compact):
        return Decimal(compact.replace(",", "."))
    return None


def example() -> str:
    """A number as it is written in the language of the pages."""
    return shown(Decimal("593069.5"))


def shown(value: Decimal | None, *, unit: str = "") -> str:
    """The figure as the language of the pages writes it, without idle zeros, with its unit."""
    if value is None:
        return ""
    whole = value == value.to_integral_value()
    plain = value.quantize(Decimal(1)) if whole else value.normalize()
    written = formats.number_format(plain, use_l10n=True, force_grouping=True)
    return f"{written}\u00a0{unit}" if unit else written


def typed(value: Decimal | None) -> str:
    """The figure as it stands in a field, to be read again by ``parse_number``."""
    if value is None:
        return ""
    plain = f"{value:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return plain if (get_language() or "en").startswith("en") else _unambiguous(plain)


def _unambiguous(plain: str) -> str:
    whole, point, fraction = plain.partition(".")
    if point and len(fraction) == 3 and len(whole.lstrip("-")) <= 3 and whole.lstrip("-") != "0":
        fraction += "0"
    return f"{whole},{fraction}" if point else whole
