"""What a browser test is given: the running site, a browser, people who are signed in, and eyes for what is wrong.

    def test_an_editor_sees_her_drafts(site, open_as):
        page = open_as("editor@demo.example")
        page.goto(site.url)

The models of the test are those of the site: rows can be made and looked at as in any other test. After each test
the database is set back to the demonstration.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    expect,
    sync_playwright,
)
from pytest_django import DjangoDbBlocker

from recommendations.organisations.models import User
from tests.browser.site import Site
from tests.conftest import REAL_FILES

collect_ignore = [] if REAL_FILES.is_dir() else ["test_journey_11_official_file.py"]
DESKTOP = {"width": 1280, "height": 900}
TIMEOUT = 20_000  # ms: the machine of a test may have other work
expect.set_options(timeout=TIMEOUT)
PHONE = {"width": 360, "height": 740}
GUIDE = Path(__file__).resolve().parent.parent.parent / "docs" / "user-guide" / "images"
TALLEST = 1300  # pixels of a picture in the guide: what is below it says nothing new


@pytest.fixture(scope="session")
def _running_site(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Site]:
    with django_db_blocker.unblock():
        site = Site(tmp_path_factory.mktemp("site"))
        yield site
        site.stop()


@pytest.fixture
def site(_running_site: Site, django_db_blocker: DjangoDbBlocker, settings) -> Iterator[Site]:
    """The site, at `site.url`; `site.mail` is the folder of its mail, `site.manage(…)` runs a command on it."""
    settings.MEDIA_ROOT = _running_site.folder / "uploads"
    with django_db_blocker.unblock(), _running_site.as_default_database():
        yield _running_site
        _running_site.wait_for_jobs()
        _running_site.reset()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium, the one of the machine."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    path = next((found for name in names if (found := shutil.which(name))), None)
    assert path, "The browser tests need Chromium; make test installs it where it may."
    # Playwright keeps an event loop in this thread, which makes Django refuse its models here without need.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--font-render-hinting=none"],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def open_as(site: Site, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page, `open_as("a@b.example")` or `open_as(person)` for somebody signed in, `open_as()` for nobody.

    What else is named goes to Playwright's new_context: java_script_enabled=False, viewport=PHONE, locale="ru",
    color_scheme="dark". At the end of the test there must have been no error in any console (a refusal by the
    content security policy is one) and no answer of the kind 5xx; a test that provokes one empties `page.faults`.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def listen(page: Page) -> None:
        def heard(message: ConsoleMessage) -> None:
            # A status of the kind 4xx is noted in the console too; tests ask for it on purpose.
            if message.type == "error" and "Failed to load resource" not in message.text:
                faults.append(f"{page.url}: {message.text}")

        def answered(response: Response) -> None:
            if response.status >= 500:
                faults.append(f"{response.url}: {response.status}")

        page.on("console", heard)
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on("response", answered)
        page.faults = faults  # type: ignore[attr-defined]

    def open_page(person: User | str | None = None, **options) -> Page:
        options = {"viewport": DESKTOP, "locale": "en-GB", "reduced_motion": "reduce"} | options
        context = browser.new_context(base_url=site.url, **options)
        context.set_default_timeout(TIMEOUT)
        context.on("page", listen)
        contexts.append(context)
        if isinstance(person, str):
            person = User.objects.get(email=person)
        if person is not None:
            context.add_cookies([{"name": "sessionid", "value": site.session_of(person), "url": site.url}])
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def page(open_as: Callable[..., Page]) -> Page:
    """A page for somebody who has not signed in."""
    return open_as()


@pytest.fixture
def shoot(tmp_path: Path) -> Callable[..., Path]:
    """`shoot(page, "name")` takes a picture of the page; with GUIDE=1 it goes into the user guide, small in bytes."""

    def take(page: Page, name: str, *, tallest: int = TALLEST) -> Path:
        for_guide = bool(os.environ.get("GUIDE"))
        folder = GUIDE if for_guide else tmp_path
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.png"
        size = page.viewport_size or DESKTOP
        # As if the window were as high as the page: what sticks to its edge then covers nothing.
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": size["width"], "height": min(max(height, size["height"]), tallest)})
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=path)
        page.set_viewport_size(size)
        if for_guide:
            with Image.open(path) as picture:
                small = picture.convert("RGB").quantize(colors=64, dither=Image.Dither.NONE)
            small.save(path, optimize=True)
        return path

    return take


@pytest.fixture(scope="session")
def accessible() -> Callable[[Page], None]:
    """`accessible(page)` fails with what axe finds (WCAG 2.2 A and AA, best practices), and on sideways scrolling."""
    axe = Axe()

    def judge(page: Page) -> None:
        found = axe.run(page)
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
        sideways = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert sideways <= 0, f"{page.url} scrolls sideways by {sideways} px"

    return judge
