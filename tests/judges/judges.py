"""The judges: each takes pages of a running site and returns what it finds wrong, one line for each fault."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from playwright.sync_api import Page as Tab

from recommendations.organisations.models import User
from tests.judges.pages import PEOPLE, Page, get

HERE = Path(__file__).resolve().parent
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
TWICE_AS_LARGE = {"width": 640, "height": 450}  # what 200 % leaves of a window 1280 wide


@dataclass(frozen=True)
class State:
    """What a page is looked at in; `every` means each page found, else the first of each kind."""

    language: str
    viewport: dict[str, int]
    scheme: str
    forced: bool = False
    every: bool = False

    def __str__(self) -> str:
        colours = ", forced colours" if self.forced else ""
        return f"{self.language}, {self.viewport['width']} px, {self.scheme}{colours}"


# All with reduced motion. English sees every page; the others, where words are longer, one of each kind.
STATES = (
    *(State("en", size, scheme, every=True) for size in (WIDE, PHONE) for scheme in ("light", "dark")),
    *(
        State(language, size, scheme)
        for language in ("ru", "kk")
        for size in (WIDE, PHONE)
        for scheme in ("light", "dark")
    ),
    *(State(language, TWICE_AS_LARGE, "light") for language in ("en", "ru", "kk")),
    *(State("en", WIDE, scheme, forced=True) for scheme in ("light", "dark")),
)
LEAST = {"performance": 0.95, "accessibility": 1.0, "best-practices": 1.0}
OPEN_TO_ALL = re.compile(r"^/(accounts/|healthz|invitations/|public/|method/)")
Sessions = dict[str | None, str | None]


def chromium() -> str:
    """The machine's Chromium."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(path for name in names if (path := shutil.which(name)))


def axe(base: str, pages: Sequence[Page], sessions: Sessions) -> list[str]:
    """WCAG rules and best practices, sideways scrolling, movement and console errors, in each state of the pages."""
    faults: list[str] = []
    judge = Axe()
    firsts = list({page.kind: page for page in reversed(pages)}.values())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        own = dict(User.objects.values_list("pk", "language"))
        for state in STATES:
            # Whoever signed in reads in her own language, everybody else in the browser's.
            User.objects.update(language=state.language)
            contexts: dict[str | None, BrowserContext] = {}
            looked_at = pages if state.every else firsts
            before = len(faults)
            for page in looked_at:
                if page.email not in contexts:
                    contexts[page.email] = _context(browser, base, state, sessions[page.email])
                tab = contexts[page.email].new_page()
                faults += [f"{page.path} ({state}): {said}" for said in _faults_of(tab, page.path, judge)]
                tab.close()
            for context in contexts.values():
                context.close()
            print(f"  {state}: {len(looked_at)} pages, {len(faults) - before} faults", flush=True)
        for person, language in own.items():
            User.objects.filter(pk=person).update(language=language)
        browser.close()
    return faults


def _context(browser: Browser, base: str, state: State, session: str | None) -> BrowserContext:
    """A browser in this state, signed in with the session."""
    context = browser.new_context(
        base_url=base,
        viewport=state.viewport,  # type: ignore[arg-type]
        color_scheme=state.scheme,  # type: ignore[arg-type]
        forced_colors="active" if state.forced else "none",
        reduced_motion="reduce",
        locale=state.language,
    )
    if session:
        context.add_cookies([{"name": "sessionid", "value": session, "url": base}])
    return context


def _faults_of(tab: Tab, path: str, judge: Axe) -> list[str]:
    """What is wrong with one page as it stands in the tab."""
    faults: list[str] = []
    tab.on("console", lambda said: said.type == "error" and faults.append(said.text))
    tab.goto(path)
    for fault in judge.run(tab).response["violations"]:
        nodes = ", ".join(" ".join(map(str, node["target"])) for node in fault["nodes"][:3])
        faults.append(f"axe {fault['id']}: {fault['help']}: {nodes}")
    if tab.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        faults.append("scrolls sideways")
    if tab.evaluate("document.getAnimations().some((moving) => moving.playState === 'running')"):
        faults.append("moves although less motion is asked for")
    return faults


def nu(base: str, pages: Sequence[Page], sessions: Sessions, tools: Path) -> list[str]:
    """The errors of the Nu HTML checker; htmx's own attributes are let through."""
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, page in enumerate(pages):
            file = Path(folder) / f"{number}.html"
            file.write_text(get(base + page.path, sessions[page.email]).text)
            names[str(file)] = page.path
        jar = tools / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
        done = subprocess.run(
            ["java", "-jar", str(jar), "--format", "json", "--filterpattern", ".*Attribute “hx-.*", *names],
            capture_output=True,
            text=True,
            check=False,
        )
        found = json.loads(done.stderr)["messages"]
        return [
            f"{names.get(fault.get('url', '').removeprefix('file:'), '?')}: {fault['message']} "
            f"(line {fault.get('lastLine', '?')})"
            for fault in found
            if fault["type"] != "info"
        ]


def roles(base: str, pages: Sequence[Page], sessions: Sessions) -> list[str]:
    """Every page asked for as everybody: nothing breaks, and whoever has not signed in is turned away."""
    faults = []
    for page in pages:
        for email in PEOPLE:
            answer = get(base + page.path, sessions[email])
            if answer.status >= 500:
                faults.append(f"{page.path} as {email or 'nobody'}: {answer.status}")
            if email is None and answer.status == 200 and not OPEN_TO_ALL.search(page.path):
                faults.append(f"{page.path} opens without sign-in")
    return faults


def lighthouse(base: str, pages: Sequence[Page], sessions: Sessions, tools: Path) -> list[str]:
    """Lighthouse as a phone, one page of each kind: the best of up to three runs, since the machine has other work."""
    faults = []
    kinds = {page.kind: page for page in reversed(pages)}
    with tempfile.TemporaryDirectory() as folder:
        headers = Path(folder) / "headers.json"
        for page in kinds.values():
            session = sessions[page.email]
            headers.write_text(json.dumps({"Cookie": f"sessionid={session}"} if session else {}))
            best: dict[str, float] = dict.fromkeys(LEAST, 0.0)
            said = ""
            for _run in range(3):
                scores, said = _lighthouse_once(base + page.path, headers, Path(folder), tools)
                best = {name: max(best[name], scores.get(name, 0.0)) for name in LEAST}
                if all(best[name] >= least for name, least in LEAST.items()):
                    break
            low = ", ".join(f"{name} {best[name]:.2f}" for name, least in LEAST.items() if best[name] < least)
            if low:
                faults.append(f"{page.path}: {low} {said}".rstrip())
    return faults


def _lighthouse_once(address: str, headers: Path, folder: Path, tools: Path) -> tuple[dict[str, float], str]:
    """The scores of one run, from 0 to 1; none, and what it said, where it gave up (a browser that did not start)."""
    output = folder / "report.json"
    done = subprocess.run(
        ["node", str(tools / "node_modules" / "lighthouse" / "cli" / "index.js"), address]
        + ["--quiet", f"--extra-headers={headers}", "--disable-storage-reset", "--output=json"]
        + [f"--output-path={output}", f"--only-categories={','.join(LEAST)}"]
        + ["--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage"],
        env=os.environ | {"CHROME_PATH": chromium()},
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        return {}, (done.stderr.strip().splitlines() or ["no answer"])[-1]
    categories = json.loads(output.read_text())["categories"]
    return {name: categories[name]["score"] or 0.0 for name in LEAST}, ""
