"""Small real files of each kind, made by the programs' own libraries."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pikepdf
import xlsxwriter
from django.conf import settings
from PIL import Image


def pdf() -> bytes:
    """A PDF of one empty page."""
    target = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(target)
    return target.getvalue()


def png(colour: tuple[int, int, int] = (11, 92, 125)) -> bytes:
    """A picture of nine pixels."""
    target = io.BytesIO()
    Image.new("RGB", (3, 3), colour).save(target, "PNG")
    return target.getvalue()


def word() -> bytes:
    """A Word document of one paragraph."""
    target = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("An invented answer.")
    document.save(target)
    return target.getvalue()


def sheet() -> bytes:
    """A workbook of one cell."""
    target = io.BytesIO()
    workbook = xlsxwriter.Workbook(target, {"in_memory": True})
    workbook.add_worksheet().write(0, 0, 252)
    workbook.close()
    return target.getvalue()


def in_the_vault() -> list[Path]:
    """Every file that lies in the vault's folder, half-received ones too."""
    return sorted(path for path in (Path(settings.DATA_DIR) / "evidence").rglob("*") if path.is_file())
