"""How a person works a page: with the mouse or with the keys alone, and in how many steps besides typing.

Within `working(keyboard=True)` every click of a test becomes a focus and a key, as somebody without a mouse does it:
what cannot take the focus, is no stop of the tab key or shows no mark of the focus fails there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from playwright.sync_api import Locator

# What a click on this element would work: the element itself, or the field of a label.
WORKS = """(element) => {
  const field = element.closest("label")?.control ?? element;
  const stop = field.closest("a, button, summary, input, select, textarea, [tabindex]") ?? field;
  stop.focus();
  const look = getComputedStyle(stop);
  const near = [stop, ...(stop.labels ?? []), stop.parentElement].map((one) => getComputedStyle(one));
  const group = stop.type === "radio" && stop.form
    ? [...stop.form.elements].filter((one) => one.name === stop.name) : [stop];
  return {
    focused: document.activeElement === stop,
    reached: group.some((one) => one.tabIndex >= 0),
    marked: near.some((one) => one.outlineStyle !== "none" || one.boxShadow !== "none"),
    shown: look.visibility === "visible",
    name: stop.outerHTML.slice(0, 160),
    key: ["checkbox", "radio"].includes(stop.type) ? "Space"
      : stop.matches("a, button, summary, [type=submit]") ? "Enter" : "",
  };
}"""


@dataclass
class Steps:
    """How many times something was pressed, ticked or chosen; typing is not counted."""

    taken: int = 0


@contextmanager
def working(*, keyboard: bool) -> Iterator[Steps]:
    """Within, steps are counted and, with `keyboard`, made by keys."""
    steps = Steps()
    click, select = Locator.click, Locator.select_option

    def press(self: Locator, **options: Any) -> None:
        steps.taken += 1
        if not keyboard:
            click(self, **options)
            return
        self.wait_for(state="attached")
        # Which waits, as a click does, until it is there to be worked.
        self.scroll_into_view_if_needed()
        # A key before it, since the mark of the focus is for those who use keys.
        self.page.keyboard.press("Shift")
        found = self.evaluate(WORKS)
        said = found["name"]
        assert found["focused"], f"cannot take the focus: {said}"
        assert found["reached"], f"is no stop of the tab key: {said}"
        assert found["marked"], f"shows no mark of the focus: {said}"
        assert found["shown"], f"has the focus unseen: {said}"
        if found["key"]:
            # Unlike the keyboard itself, this waits for the page that the key leads to.
            self.page.locator(":focus").press(found["key"])

    def choose(self: Locator, *given: Any, **options: Any) -> list[str]:
        steps.taken += 1
        return select(self, *given, **options)

    with patch.object(Locator, "click", press), patch.object(Locator, "select_option", choose):
        yield steps
