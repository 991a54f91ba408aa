"""`make bench`: makes the databases, measures each in a process of its own, prints the table, keeps the figures."""

from __future__ import annotations

import json
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from tests.benchmarks import databases
from tests.benchmarks.figures import Figure, figure_of, table
from tests.benchmarks.generated import ALL_ROWS, write_file

BASE_DIR = Path(__file__).resolve().parents[2]


def main() -> int:
    """Measure; the exit code says whether measuring worked, not whether every bar was reached."""
    rows = int(os.environ.get("BENCH_ROWS") or ALL_ROWS)
    kept = Path(os.environ.get("DATA_DIR") or BASE_DIR / "var") / "benchmarks"
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    wanted = (os.environ.get("BENCH_DATABASES") or f"{databases.SQLITE},{databases.POSTGRESQL}").split(",")
    figures: list[Figure] = []
    failed = []
    with tempfile.TemporaryDirectory(prefix="upr-bench-", dir=kept) as name:
        folder = Path(name)
        file = folder / "recommendations.csv"
        if "vault" in (os.environ.get("BENCH_PARTS") or "vault").split(","):
            print("the vault", flush=True)
            found, code = _alone("tests.benchmarks.vault", folder)
            figures += found
            if code:
                failed.append(f"Measuring the vault failed with exit code {code}.")
        if "uhri" in (os.environ.get("BENCH_PARTS") or "uhri").split(","):
            print("UHRI's export", flush=True)
            found, code = _alone("tests.benchmarks.exported", folder, str(rows))
            figures += found
            if code:
                failed.append(f"Measuring UHRI's export failed with exit code {code}.")
        rows = write_file(file, rows, reference=BASE_DIR / "fixtures" / "reference")
        print(f"{rows:,} generated recommendations, {file.stat().st_size / 2**20:,.0f} MB as CSV", flush=True)
        for kind in wanted:
            if kind == databases.POSTGRESQL and (reason := databases.unreachable()):
                print(f"{kind} is not measured: {reason}. BENCH_POSTGRES names a server.")
                continue
            found, code = _measured(kind, folder, file, rows)
            figures += found
            if code:
                failed.append(f"Measuring {kind} failed with exit code {code}.")
    load = os.getloadavg()[1]
    print(f"\n{table(figures)}\n")
    print(f"Load of the machine over the last five minutes: {load:.1f} on {os.cpu_count()} cores.")
    short = [figure for figure in figures if figure.passes is False]
    if short:
        print(f"{len(short)} of {sum(figure.passes is not None for figure in figures)} figures fall short.")
    path = kept / f"{datetime.now(UTC):%Y-%m-%dT%H%M%S}-{rows}.json"
    path.write_text(json.dumps(_report(rows, figures), indent=1, ensure_ascii=False))
    print(f"Kept as {path}")
    print(*failed, sep="\n", end="\n" * bool(failed))
    return 1 if failed else 0


def _alone(module: str, folder: Path, *arguments: str) -> tuple[list[Figure], int]:
    """What a module measures that needs no database."""
    data = folder / "alone"
    data.mkdir(mode=0o700)
    result = data / "figures.json"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "TRACKER_ENV": "local",
        "DATA_DIR": str(data),
        "DATABASE_URL": f"sqlite:///{data / 'none.sqlite3'}",
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", module, *arguments, str(result)]
    done = subprocess.run(command, cwd=BASE_DIR, env=environment, check=False)
    found = [figure_of(one) for one in json.loads(result.read_text())] if result.exists() else []
    shutil.rmtree(data)
    return found, done.returncode


def _measured(kind: str, folder: Path, file: Path, rows: int) -> tuple[list[Figure], int]:
    print(f"{kind}", flush=True)
    began = time.monotonic()
    data = folder / kind.lower()
    data.mkdir(mode=0o700)
    result = data / "figures.json"
    with databases.database(kind, data) as address:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tracker.settings",
            "TRACKER_ENV": "local",
            "DATA_DIR": str(data),
            "DATABASE_URL": address,
            "LOG_LEVEL": "ERROR",
            # One client asks here what many people ask in as many minutes.
            **dict.fromkeys(("SEARCH_LIMIT", "EXPORT_LIMIT", "PUBLIC_LIMIT"), "0"),
        }
        command = [sys.executable, "-m", "tests.benchmarks.measured", kind, str(file), str(rows), str(result)]
        done = subprocess.run(command, cwd=BASE_DIR, env=environment, check=False)
    print(f"  {time.monotonic() - began:.0f} s", flush=True)
    found = [figure_of(one) for one in json.loads(result.read_text())] if result.exists() else []
    shutil.rmtree(data)
    return found, done.returncode


def _report(rows: int, figures: list[Figure]) -> dict[str, Any]:
    versions = {
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "psycopg": psycopg.__version__,
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}",
    }
    if not databases.unreachable():
        with psycopg.connect(f"{databases.postgres_server()}/postgres") as server:
            versions["postgresql"] = str(server.execute("SHOW server_version").fetchone()[0])
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "rows": rows,
        "versions": versions,
        "load_average": os.getloadavg(),
        "figures": [figure.as_json() for figure in figures],
    }


if __name__ == "__main__":
    sys.exit(main())
