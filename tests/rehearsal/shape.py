"""What compose.yaml says, as the rehearsal starts it: services, how many of each, commands, settings."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = ("upgrade", "web", "worker", "beat")  # services of the product; the others are servers of Debian here


@dataclass(frozen=True)
class Service:
    """One service of ours: how many, what starts it, its settings."""

    name: str
    replicas: int
    command: list[str]
    environment: dict[str, str]


def described() -> dict[str, Any]:
    """compose.yaml as it is."""
    return yaml.safe_load((ROOT / "compose.yaml").read_text())


def services(chosen: Mapping[str, str]) -> dict[str, Service]:
    """Our services; ``chosen`` stands where compose.yaml asks for a variable (`${SITE_URL:?}`)."""
    found = {}
    for name in OURS:
        entry = described()["services"][name]
        command = [sys.executable if word == "python" else word for word in entry["command"]]
        environment = {key: filled(str(value), chosen) for key, value in entry["environment"].items()}
        replicas = entry.get("deploy", {}).get("replicas", 1)
        found[name] = Service(name, replicas, command, environment)
    return found


def filled(text: str, chosen: Mapping[str, str]) -> str:
    """The text with `${NAME}` and `${NAME:?}` replaced; a name that was not chosen is an error."""
    return re.sub(r"\$\{(\w+)(?::\?)?\}", lambda found: chosen[found.group(1)], text)


def proxy_settings() -> dict[str, str]:
    """What the proxy's template is filled with in compose.yaml."""
    return dict(described()["services"]["proxy"]["environment"])


def proxy_page(chosen: Mapping[str, str]) -> str:
    """nginx's servers, from the template that compose.yaml mounts; names that nginx knows itself stay."""
    template = (ROOT / ".ci" / "nginx.conf.template").read_text()
    return re.sub(r"\$\{([A-Z_]+)\}", lambda found: chosen[found.group(1)], template)
