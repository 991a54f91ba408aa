"""Whatever the page says can be read: the colours that meet are far enough apart, light and dark."""

import re
from pathlib import Path

import pytest
from django.conf import settings

SHEET = (Path(settings.BASE_DIR) / "tracker/static/css/site.css").read_text()
LIGHT, DARK_BY_DEVICE, DARK_BY_CHOICE = (
    dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6})", block))
    for block in re.findall(r'root(?:\[data-theme="dark"\]|:not\([^)]*\))? \{(.*?)\}', SHEET, re.S)[:3]
)
TEXT = [
    *((ink, ground) for ink in ("--ink", "--quiet", "--accent") for ground in ("--paper", "--sheet", "--tint")),
    *(("--ink", ground) for ground in ("--accent-tint", "--danger-tint", "--good-tint", "--warn-tint")),
    *(("--ink", ground) for ground in ("--ins", "--del")),
    *((word, "--paper") for word in ("--danger", "--warn", "--good", "--accent-strong")),
    *(("--on-sign", ground) for ground in ("--fully", "--not", "--reversed", "--cannot-bar", "--step4", "--step5")),
    *(("--ink", ground) for ground in ("--unrated", "--step2", "--step3")),
    ("--on-accent", "--accent"),
    ("--on-accent", "--accent-strong"),
]  # fmt: skip
SIGNS = [
    *((sign, "--paper") for sign in ("--fully", "--partially", "--not", "--reversed", "--cannot", "--edge")),
    *(("--on-sign", ground) for ground in ("--fully", "--partially", "--not", "--reversed", "--cannot")),
]


def brightness(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2, from 1 to 21."""
    low, high = sorted((brightness(one), brightness(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK_BY_DEVICE], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_stands_out(theme: dict[str, str], ink: str, ground: str) -> None:
    assert contrast(theme[ink], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK_BY_DEVICE], ids=["light", "dark"])
@pytest.mark.parametrize(("sign", "ground"), SIGNS)
def test_signs_and_edges_stand_out(theme: dict[str, str], sign: str, ground: str) -> None:
    assert contrast(theme[sign], theme[ground]) >= 3


def test_dark_is_the_same_whether_chosen_or_the_devices() -> None:
    assert DARK_BY_DEVICE == DARK_BY_CHOICE
    assert set(DARK_BY_DEVICE) <= set(LIGHT)
