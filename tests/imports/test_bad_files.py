"""Files that are not what they should be: a sentence each, in bounded time and memory, and nothing is written."""

import io
import json
import resource
import time
import zipfile

import pikepdf
import pytest

from recommendations.formats.readers import readers
from recommendations.imports.commanding import import_file
from recommendations.imports.models import ImportRun
from recommendations.vocabulary import ImportState
from tests.formats import (
    invented_thematic_list,
    invented_uhri_json,
    invented_uhri_xlsx,
    invented_upr_info,
    invented_working_group_report,
)
from tests.imports import invented_format
from tests.imports.files import as_csv, catalogue_rows, make_terms, row, write
from tests.imports.invented_format import as_file, entry

pytestmark = pytest.mark.django_db

MEBIBYTE = 1024 * 1024
OFFICE = {
    "workbook": (invented_uhri_xlsx, "xl/worksheets/sheet1.xml"),
    "document": (invented_thematic_list, "word/document.xml"),
    "report": (invented_working_group_report, "word/document.xml"),
}


@pytest.fixture
def kazakhstan(monkeypatch):
    monkeypatch.setitem(readers(), invented_format.CODE, invented_format)
    return make_terms()


@pytest.fixture
def refused(kazakhstan, tmp_path):
    """Imports a file and gives the sentences why nothing of it was taken."""

    def refused(content, name="file.bin", **options):
        before, memory, began = catalogue_rows(), used(), time.monotonic()
        told = import_file(write(tmp_path, content, name), state=kazakhstan, dry_run=False, **options)
        assert told["problems"]
        assert (told["created"], told["updated"], catalogue_rows()) == (0, 0, before)
        assert not ImportRun.objects.exclude(status=ImportState.REFUSED).exists()
        assert time.monotonic() - began < 60
        assert used() - memory < 200 * MEBIBYTE
        return " ".join(one["message"] for one in told["problems"])

    return refused


def used():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def with_member(content, name, data):
    """The archive with one member put in or replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        new.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("kind", OFFICE)
def test_cut_off_in_the_middle(refused, kind):
    content = OFFICE[kind][0].make()

    assert "damaged or cut off" in refused(content[: len(content) // 2])


def test_an_old_workbook_cut_off(refused):
    content = invented_upr_info.make()

    assert refused(content[: len(content) // 3], "export.xls")


def test_json_cut_off(refused):
    content = invented_uhri_json.make()

    assert refused(content[: len(content) // 2], "export.json")


@pytest.mark.parametrize("kind", OFFICE)
def test_macros(refused, kind):
    content = with_member(OFFICE[kind][0].make(), "xl/vbaProject.bin", b"x")

    assert "contains macros" in refused(content)


@pytest.mark.parametrize("kind", OFFICE)
def test_a_bursting_archive_is_not_opened(refused, kind):
    module, member = OFFICE[kind]
    bomb = with_member(module.make(), member, b" " * (60 * MEBIBYTE))
    assert len(bomb) < 200_000

    assert "far larger inside" in refused(bomb)


@pytest.mark.parametrize("kind", OFFICE)
def test_entities_that_multiply(refused, kind):
    module, member = OFFICE[kind]
    lines = ['<!ENTITY a0 "ha">', *(f'<!ENTITY a{n} "&a{n - 1};&a{n - 1};">' for n in range(1, 40))]
    xml = f"<?xml version='1.0'?><!DOCTYPE x [{''.join(lines)}]><x>&a39;</x>"

    assert "damaged" in refused(with_member(module.make(), member, xml))


def test_behind_a_password(refused):
    old = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 600
        + "EncryptedPackage".encode("utf-16-le")
        + b"\0" * 600
    )
    assert "protected with a password" in refused(old, "list.docx")

    archive = bytearray(invented_uhri_xlsx.make())
    for sign in (b"PK\x01\x02", b"PK\x03\x04"):
        place, shift = archive.find(sign), 8 if sign == b"PK\x01\x02" else 6
        archive[place + shift] |= 1
    assert "protected with a password" in refused(bytes(archive))

    out = io.BytesIO()
    document = pikepdf.new()
    document.add_blank_page()
    document.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    assert "password" in refused(out.getvalue(), "report.pdf")


@pytest.mark.parametrize("content", [b"", b"   \r\n  ", b"\xef\xbb\xbf"])
def test_empty(refused, tmp_path, kazakhstan, content):
    told = import_file(write(tmp_path, content), state=kazakhstan, dry_run=False)

    assert len(told["problems"]) == 1
    assert "empty" in told["problems"][0]["message"] or "no rows" in told["problems"][0]["message"]


@pytest.mark.parametrize("name", ["list.docx", "report.pdf", "export.xls", "uhri.json", "noname"])
def test_a_name_that_lies_counts_for_nothing(kazakhstan, tmp_path, name):
    told = import_file(write(tmp_path, as_file(entry(1)), name), state=kazakhstan, dry_run=False)

    assert (told["format"], told["created"]) == ("invented", 1)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<html><body><table><tr><td>paragraph</td></tr></table>", "web page"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "another kind"),
        (b"MZ\x90\0" + b"\0" * 50, "another kind"),
        (b"{\\rtf1 hello}", "another kind"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            + b"\0" * 64
            + "WordDocument".encode("utf-16-le")
            + b"\0" * 64,
            "old Word document",
        ),
        (b"%PDF-1.7\n1 0 obj\n", "damaged"),
        (b'{"a": [1, 2', "not one that can be read here"),
    ],
)
def test_other_kinds_of_files(refused, content, sentence):
    assert sentence in refused(content)


def test_an_archive_of_other_things(refused):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("letter.txt", "hello")

    assert "Unpack it" in refused(out.getvalue(), "files.zip")


def test_a_report_on_another_state(refused):
    told = refused(as_file(entry(1, state="Norway"), entry(2, state="Spain")))

    assert told == "The file holds no recommendation to Kazakhstan."


def test_a_table_of_a_hundred_thousand_columns(refused):
    content = (",".join(f"c{n}" for n in range(100_000)) + "\n" + "," * 99_999).encode()

    assert refused(content, "wide.csv")


def test_a_cell_of_ten_megabytes(refused):
    assert refused(as_csv([row("126.1", text="x" * (10 * MEBIBYTE))]), "long.csv")
    assert "characters; at most" in refused(
        as_file(entry(1, texts=[("en", "official", "x" * (2 * MEBIBYTE))]))
    )


def test_right_to_left_marks_change_nothing_of_what_a_label_says(kazakhstan, tmp_path):
    marked = entry(1, state="\u202eKazakhstan\u202c", themes=["\u200fFreedom of the press\u200e"])

    told = import_file(write(tmp_path, as_file(marked)), state=kazakhstan, dry_run=False)

    assert (told["created"], told["problems"]) == (1, [])


def test_letters_of_two_encodings_in_one_file(refused):
    content = as_csv([row("126.1", text="Қазақстан")]) + "126.2,Ж".encode("cp1251") * 50

    assert refused(content, "mixed.csv")


def test_deeply_nested_json(refused):
    assert refused(b"[" * 100_000 + b"]" * 100_000, "deep.json")
    assert refused(json.dumps([{"AnnotationId": "x"}] * 3).encode(), "poor.json")
