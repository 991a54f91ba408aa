"""The judges that read the code: bandit, and semgrep with our own rules. Exceptions stand in .ci/explained.toml."""

import json
import subprocess
import tomllib
from collections import Counter
from pathlib import Path

from django.conf import settings

from tests.judges.tools import from_pypi

CODE = ("recommendations", "tracker", "manage.py")
RULES = settings.BASE_DIR / ".ci" / "semgrep.yml"
EXPLAINED = settings.BASE_DIR / ".ci" / "explained.toml"
Found = list[tuple[str, str, int, str]]  # rule, path, line, words


def bandit() -> list[str]:
    """Common mistakes with security in Python."""
    explained = tomllib.loads(EXPLAINED.read_text())["bandit"]
    done = subprocess.run(
        [str(from_pypi("bandit")), "--quiet", "--recursive", "--format=json"]
        + [f"--skip={','.join(explained['nowhere'])}", *CODE],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    found = [
        (one["test_id"], one["filename"].removeprefix("./"), one["line_number"], one["issue_text"])
        for one in json.loads(done.stdout)["results"]
    ]
    return unexplained("bandit", found)


def semgrep() -> list[str]:
    """The rules of .ci/semgrep.yml; nothing is asked of the internet."""
    done = subprocess.run(
        [str(from_pypi("semgrep")), "scan", f"--config={RULES}", "--metrics=off", "--json"]
        + ["--disable-version-check", "--quiet", "--no-git-ignore", *CODE, "templates"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    told = json.loads(done.stdout)
    faults = [str(error.get("message", error)) for error in told["errors"] if error.get("level") == "error"]
    found = {
        (one["check_id"].rpartition(".")[2], one["path"], one["start"]["line"], one["extra"]["message"])
        for one in told["results"]
    }
    return faults + unexplained("semgrep", sorted(found))


def unexplained(judge: str, found: Found) -> list[str]:
    """What is found beyond what is explained; and what is explained though nothing is found any more."""
    entries = tomllib.loads(EXPLAINED.read_text())[judge].get("found", [])
    allowed = {(one["rule"], one["path"]): one["times"] for one in entries}
    times = Counter((rule, path) for rule, path, _line, _words in found)
    faults = [
        f"{path}:{line}: {rule}: {words}"
        for rule, path, line, words in found
        if times[rule, path] > allowed.get((rule, path), 0)
    ]
    for (rule, path), most in allowed.items():
        if times[rule, path] < most:
            faults.append(f"{EXPLAINED.name}: {path}: {rule} is found {times[rule, path]} times, not {most}")
        if not Path(settings.BASE_DIR / path).exists():
            faults.append(f"{EXPLAINED.name}: {path} is gone")
    return faults
