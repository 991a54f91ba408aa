"""Installs the judges that are no part of the product: Python ones each in its own environment, the others by npm."""

import shutil
import subprocess
import sys
from pathlib import Path

from django.conf import settings

HERE = Path(__file__).resolve().parent
FOLDER = settings.BASE_DIR / "var" / "judges"


def from_npm() -> Path:
    """The folder with the judges that come from npm, installed once for each change of the list."""
    wanted = (HERE / "package.json").read_text()
    mark = FOLDER / "installed-from-npm"
    if not mark.exists() or mark.read_text() != wanted:
        FOLDER.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / "package.json", FOLDER)
        print("Installing the judges of npm", flush=True)
        # No script of a package runs: some would fetch lists from the internet.
        npm = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(npm, cwd=FOLDER, check=True)
        mark.write_text(wanted)
    return FOLDER


def from_pypi(name: str, command: str = "") -> Path:
    """The command of a Python judge; its packages clash with ours, so it has its own environment."""
    listed = HERE / "tools" / f"{name}.txt"
    home = FOLDER / name
    mark = home / "installed"
    if not mark.exists() or mark.read_text() != listed.read_text():
        print(f"Installing {name}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        pip = [str(home / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", str(listed)], check=True)
        mark.write_text(listed.read_text())
    return home / "bin" / (command or name)
