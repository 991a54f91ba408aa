"""Where the bytes of files lie that came from the UN, for whoever reads them or gives them back."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from recommendations.catalogue.models import SourceFile


def folder() -> Path:
    """Where files received for imports lie."""
    return Path(settings.DATA_DIR) / "imports"


def path_of(file: SourceFile) -> Path:
    """The bytes of a received file."""
    return folder() / file.stored_as
