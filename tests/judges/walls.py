"""The judges of the site's walls: MDN's HTTP Observatory over TLS, and wapiti, which attacks what it finds."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

from recommendations.organisations.models import User
from tests.browser.site import Site
from tests.judges.front import production
from tests.judges.tools import from_npm, from_pypi

# One page of each kind: the way in, a page of one's own, a list with its filters, what is public.
KINDS = (
    ("/accounts/login/", None),
    ("/", "editor@example.org"),
    ("/recommendations/", "coordinator@example.org"),
    ("/public/", None),
)
BEST = 125
ATTACKERS = (None, "editor@example.org", "coordinator@example.org")
# What is left out asks other machines (lists of weaknesses, call-backs), guesses folders of other products, or wants
# the flag Secure, which cookies have over HTTPS only: the Observatory sees them there.
ATTACKS = ",".join(
    (
        "backup",
        "crlf",
        "csp",
        "csrf",
        "exec",
        "file",
        "htaccess",
        "html",
        "http_headers",
        "ldap",
    )
    + ("methods", "permanentxss", "redirect", "sql", "timesql", "upload", "xss")
)
# wapiti looks for it whatever modules are asked for; the site it attacks is served over plain HTTP.
OVER_HTTPS_ONLY = "Secure Flag cookie"
# Addresses that would end the attacker's own session, or shut others out.
SPARED = (
    "accounts/logout/",
    "accounts/sessions/",
    "accounts/password/change/",
    "accounts/2fa/",
    "leave/",
    "away/",
    "admin/",
    "static/",
)
MINUTES = int(os.environ.get("WAPITI_MINUTES", "4"))


def observatory(site: Site) -> list[str]:
    """Four kinds of pages in the production shape; each must reach the best score there is."""
    faults = []
    modules = from_npm() / "node_modules"
    with tempfile.TemporaryDirectory() as folder, production(site, Path(folder)) as front:
        for path, email in KINDS:
            front.as_person(site.session_of(User.objects.get(email=email)) if email else None)
            done = subprocess.run(
                ["node", str(Path(__file__).with_name("observatory.mjs")), str(modules)]
                + [str(front.https), str(front.http), path],
                env=os.environ | {"NODE_EXTRA_CA_CERTS": str(front.certificate)},
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                faults.append(f"{path}: {(done.stderr.strip().splitlines() or ['no answer'])[-1]}")
                continue
            told = json.loads(done.stdout)
            print(f"  {path}: {told['score']} ({told['grade']})", flush=True)
            if told["score"] < BEST or told["status"] != 200:
                lost = ", ".join(f"{name} {result} {points}" for name, result, points in told["tests"])
                faults.append(f"{path} ({told['status']}): {told['score']}: {lost}")
    return faults


def wapiti(site: Site) -> list[str]:
    """Attacks on all that nobody, an editor and a coordinator reach, forms too; then the site is set back."""
    faults = []
    command = str(from_pypi("wapiti3", "wapiti"))
    for email in ATTACKERS:
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report.json"
            arguments = [command, "--url", f"{site.url}/", "--scope", "folder", "--module", ATTACKS]
            arguments += ["--level", "1", "--depth", "5", "--tasks", "2", "--flush-session", "--no-bugreport"]
            arguments += ["--max-scan-time", str(MINUTES * 60), "--max-attack-time", str(MINUTES * 20)]
            arguments += ["--store-session", folder, "--format", "json", "--output", str(report)]
            for start in ("accounts/login/", "recommendations/", "evidence/", "public/"):
                arguments += ["--start", f"{site.url}/{start}"]
            for spared in SPARED:
                arguments += ["--exclude", f"{site.url}/{spared}*"]
            if email:
                session = site.session_of(User.objects.get(email=email))
                # Both, or every form would be refused for want of its token, and none attacked.
                arguments += ["--cookie-value", f"sessionid={session}; csrftoken={'a1' * 16}"]
            done = subprocess.run(arguments, capture_output=True, text=True, check=False)
            who = email or "nobody"
            if not report.exists():
                last = (done.stdout + done.stderr).strip().splitlines()[-3:]
                faults.append(f"as {who}: wapiti gave up: {' / '.join(last)}")
                continue
            told = json.loads(report.read_text())
            print(f"  as {who}: {told['infos'].get('crawled_pages_nbr')} pages attacked", flush=True)
            for kind in ("vulnerabilities", "anomalies"):
                for name, cases in told[kind].items():
                    if name == OVER_HTTPS_ONLY:
                        continue
                    faults += [
                        f"as {who}: {name}: {one['method']} {one['path']} {one.get('parameter') or ''} {one['info']}"
                        for one in cases
                    ]
        site.wait_for_jobs()
        site.reset()
    return faults
