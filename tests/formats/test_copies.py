"""Copies show what the original shows and hold nothing of who made it, when, where and with what."""

from __future__ import annotations

import contextlib
import io
import zipfile

import docx
import openpyxl
import pikepdf
import pypdf
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl.comments import Comment
from PIL import Image, ImageCms, PngImagePlugin

from recommendations.formats import copies, kinds
from recommendations.formats.copies import NoCopy
from recommendations.formats.kinds import recognise

# Stands wherever something beside the content is kept; CONTENT stands in what is shown.
SECRET = "Aigerim-Secret"
CONTENT = "shown-words"


def copy_of(content: bytes, mime: str) -> bytes:
    return b"".join(copies.cleaned(io.BytesIO(content), mime))


def everything_in(content: bytes) -> bytes:
    """The bytes and, where it is an archive or PDF, what they hold unpacked."""
    found = content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found += b"".join(name.encode() + archive.read(name) for name in archive.namelist())
    if content.startswith(b"%PDF"):
        with pikepdf.open(io.BytesIO(content)) as document:
            found += document.trailer.unparse(resolved=True)
            for thing in document.objects:
                found += thing.unparse(resolved=True)
                if isinstance(thing, pikepdf.Stream):
                    found += thing.read_raw_bytes()
                    with contextlib.suppress(pikepdf.PdfError):
                        found += thing.read_bytes()
    return found


def has_secret(content: bytes) -> bool:
    found = everything_in(content)
    return (
        SECRET.encode() in found or SECRET.encode("utf-16-be") in found or SECRET.encode("utf-16-le") in found
    )


def photograph(kind: str = "JPEG", size=(40, 20), orientation: int = 6) -> bytes:
    picture = Image.new("RGB", size, (200, 30, 30))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = SECRET
    exif[0x013B] = SECRET
    exif.get_ifd(0x8825)[2] = (43.0, 15.0, 0.0)
    exif.get_ifd(0x8769)[0x9286] = SECRET
    target = io.BytesIO()
    extra = {}
    if kind == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_text("Author", SECRET)
        info.add_itxt("XML:com.adobe.xmp", SECRET)
        extra["pnginfo"] = info
    if kind in ("JPEG", "GIF"):
        extra["comment"] = SECRET
    if kind in ("JPEG", "PNG", "WEBP"):
        extra["exif"] = exif
    if kind == "WEBP":
        extra["xmp"] = SECRET.encode()
    picture.save(target, kind, **extra)
    return target.getvalue() + SECRET.encode()


@pytest.mark.parametrize("kind", [kinds.JPEG, kinds.PNG, kinds.WEBP, kinds.GIF])
def test_a_picture_keeps_its_pixels_and_loses_the_rest(kind) -> None:
    original = photograph(str(kind.label).upper())
    assert has_secret(original)
    copy = copy_of(original, kind.mime)
    assert not has_secret(copy)
    assert recognise(io.BytesIO(copy)) == kind
    with Image.open(io.BytesIO(copy)) as picture:
        assert not picture.getexif()
        assert set(picture.info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "version",
            "background",
            "loop",
        }
        red, green, blue = picture.convert("RGB").getpixel((5, 5))
        assert abs(red - 200) < 8 and abs(green - 30) < 8 and abs(blue - 30) < 8
        # What stood on its side is upright, since nothing tells any more how to turn it.
        assert picture.size == ((20, 40) if kind != kinds.GIF else (40, 20))


def test_an_animation_keeps_its_frames() -> None:
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "green", "blue")]
    target = io.BytesIO()
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:], duration=120, comment=SECRET)
    copy = copy_of(target.getvalue(), kinds.GIF.mime)
    assert not has_secret(copy)
    with Image.open(io.BytesIO(copy)) as picture:
        assert picture.n_frames == 3


def test_colours_of_a_profile_are_worked_into_the_pixels() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    target = io.BytesIO()
    Image.new("RGB", (9, 9), (10, 200, 10)).save(target, "JPEG", icc_profile=profile.tobytes(), quality=95)
    copy = copy_of(target.getvalue(), kinds.JPEG.mime)
    with Image.open(io.BytesIO(copy)) as picture:
        assert "icc_profile" not in picture.info
        assert abs(picture.getpixel((4, 4))[1] - 200) < 8


def test_a_picture_of_many_pixels_comes_smaller_and_not_at_all_where_it_cannot() -> None:
    target = io.BytesIO()
    Image.new("L", (9000, 6000)).save(target, "JPEG", quality=20)
    with Image.open(io.BytesIO(copy_of(target.getvalue(), kinds.JPEG.mime))) as picture:
        assert picture.size == (4500, 3000)
    target = io.BytesIO()
    Image.new("1", (9000, 6000)).save(target, "PNG")
    with pytest.raises(NoCopy) as refused:
        copy_of(target.getvalue(), kinds.PNG.mime)
    assert refused.value.code == "too_many_pixels"
    assert str(refused.value)


def a_pdf() -> bytes:
    """A PDF with everything beside its page that a PDF can have."""
    target = io.BytesIO()
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(300, 200))
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    photo = pikepdf.Stream(document, photograph())
    photo.Type, photo.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    photo.Width, photo.Height, photo.BitsPerComponent = 40, 20, 8
    photo.ColorSpace, photo.Filter = pikepdf.Name.DeviceRGB, pikepdf.Name.DCTDecode
    photo.Metadata = pikepdf.Stream(document, SECRET.encode())
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font), XObject=pikepdf.Dictionary(P=photo))
    page.Contents = pikepdf.Stream(
        document, f"BT /F1 18 Tf 20 100 Td ({CONTENT}) Tj ET q 40 0 0 20 20 20 cm /P Do Q".encode()
    )
    page.PieceInfo = pikepdf.Dictionary(Program=pikepdf.Dictionary(Private=pikepdf.String(SECRET)))
    notes = [
        {"Subtype": "/Text", "T": SECRET, "Contents": SECRET},
        {"Subtype": "/Highlight", "T": SECRET, "M": SECRET, "Contents": SECRET, "NM": SECRET},
        {"Subtype": "/FileAttachment", "Contents": SECRET},
    ]
    page.Annots = pikepdf.Array()
    for note in notes:
        made = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Rect=[1, 1, 9, 9])
        for key, value in note.items():
            made[f"/{key}"] = pikepdf.Name(value) if value.startswith("/") else pikepdf.String(value)
        page.Annots.append(document.make_indirect(made))
    for action in (
        {"S": "/URI", "URI": "https://example.org/"},
        {"S": "/Launch", "F": SECRET},
        {"S": "/JavaScript", "JS": SECRET},
        {"S": "/URI", "URI": f"file:///{SECRET}"},
    ):
        made = pikepdf.Dictionary()
        for key, value in action.items():
            made[f"/{key}"] = pikepdf.Name(value) if value.startswith("/") else pikepdf.String(value)
        page.Annots.append(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[1, 1, 9, 9], A=made, P=page.obj
            )
        )
    document.attachments["secret.txt"] = pikepdf.AttachedFileSpec(
        document, SECRET.encode(), description=SECRET
    )
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String(SECRET))
    document.Root.OpenAction = script
    document.Root.AA = pikepdf.Dictionary(WC=script)
    document.Root.Names.JavaScript = pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("x"), script]))
    document.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(), XFA=pikepdf.String(SECRET))
    document.docinfo["/Author"] = SECRET
    with document.open_metadata() as metadata:
        metadata["dc:creator"] = [SECRET]
    document.save(target)
    return target.getvalue()


def test_a_pdf_keeps_its_pages_and_loses_the_rest() -> None:
    original = a_pdf()
    assert has_secret(original)
    copy = copy_of(original, kinds.PDF.mime)
    found = everything_in(copy)
    assert not has_secret(copy)
    for active in (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/OpenAction", b"/AA", b"/Info"):
        assert active not in found
    page = pypdf.PdfReader(io.BytesIO(copy)).pages[0]
    assert CONTENT in page.extract_text()
    assert {note.get_object()["/Subtype"] for note in page["/Annots"]} == {"/Highlight", "/Link"}
    assert b"https://example.org/" in found
    assert recognise(io.BytesIO(copy)) == kinds.PDF
    assert copy_of(original, kinds.PDF.mime) == copy


def test_an_earlier_revision_of_a_pdf_does_not_go_along() -> None:
    """What a program that only appends has struck out is still in the file."""
    target = io.BytesIO()
    document = pikepdf.new()
    page = document.add_blank_page()
    page.Contents = pikepdf.Stream(document, b"% " + SECRET.encode())
    document.save(target, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    writer = pypdf.PdfWriter(io.BytesIO(target.getvalue()), incremental=True)
    writer.pages[0][pypdf.generic.NameObject("/Contents")] = pypdf.generic.NullObject()
    second = io.BytesIO()
    writer.write(second)
    assert SECRET.encode() in second.getvalue()
    assert not has_secret(copy_of(second.getvalue(), kinds.PDF.mime))


def a_letter() -> bytes:
    """A Word document with everything beside its text that one can have."""
    document = docx.Document()
    document.core_properties.author = document.core_properties.last_modified_by = SECRET
    document.core_properties.comments = document.core_properties.title = SECRET
    paragraph = document.add_paragraph(CONTENT)
    document.add_comment(paragraph.runs[0], text=SECRET, author=SECRET, initials="AS")
    mark = f'w:id="7" w:author="{SECRET}" w:date="2020-01-01T00:00:00Z"'
    for change in (
        f"<w:ins {nsdecls('w')} {mark}><w:r><w:t>added-words</w:t></w:r></w:ins>",
        f"<w:del {nsdecls('w')} {mark}><w:r><w:delText>{SECRET}</w:delText></w:r></w:del>",
        f"<w:r {nsdecls('w')}><w:rPr><w:vanish/></w:rPr><w:t>{SECRET}</w:t></w:r>",
        f'<w:fldSimple {nsdecls("w")} w:instr=" AUTHOR "><w:r><w:t>{SECRET}</w:t></w:r></w:fldSimple>',
        f'<w:r {nsdecls("w")} w:rsidR="00AABBCC"><w:rPr><w:b/><w:rPrChange {mark}><w:rPr/></w:rPrChange></w:rPr>'
        "<w:t>bold-words</w:t></w:r>",
    ):
        paragraph._p.append(parse_xml(change))
    link = document.part.relate_to(
        "https://example.org/", docx.opc.constants.RELATIONSHIP_TYPE.HYPERLINK, is_external=True
    )
    paragraph._p.append(
        parse_xml(
            f'<w:hyperlink {nsdecls("w", "r")} r:id="{link}"><w:r><w:t>a-link</w:t></w:r></w:hyperlink>'
        )
    )
    document.add_picture(io.BytesIO(photograph()))
    document.sections[0].header.paragraphs[0].text = "head-words"
    target = io.BytesIO()
    document.save(target)
    return with_members(
        target.getvalue(),
        {
            "docProps/custom.xml": f"<x>{SECRET}</x>",
            "customXml/item9.xml": f"<x>{SECRET}</x>",
            "word/people.xml": f"<x>{SECRET}</x>",
            "word/embeddings/oleObject1.bin": SECRET,
            "docProps/thumbnail9.jpeg": SECRET,
        },
    )


def with_members(content: bytes, members: dict[str, str]) -> bytes:
    target = io.BytesIO(content)
    with zipfile.ZipFile(target, "a") as archive:
        archive.comment = SECRET.encode()
        for name, inside in members.items():
            archive.writestr(name, inside)
    return target.getvalue()


def test_a_word_document_keeps_what_it_shows_and_loses_the_rest() -> None:
    original = a_letter()
    assert has_secret(original)
    copy = copy_of(original, kinds.DOCX.mime)
    found = everything_in(copy)
    assert not has_secret(copy)
    for mark in (b"w:author", b"w:rsid", b"w:ins ", b"w:del ", b"comment", b"2020-01-01"):
        assert mark not in found
    document = docx.Document(io.BytesIO(copy))
    assert document.paragraphs[0].text == f"{CONTENT}added-wordsbold-wordsa-link"
    assert document.sections[0].header.paragraphs[0].text == "head-words"
    assert len(document.inline_shapes) == 1
    assert document.core_properties.author == ""
    assert recognise(io.BytesIO(copy)) == kinds.DOCX


def a_workbook() -> bytes:
    """A workbook with everything beside its visible cells that one can have."""
    book = openpyxl.Workbook()
    book.properties.creator = book.properties.lastModifiedBy = SECRET
    sheet = book.active
    sheet.title = "Figures"
    sheet["A1"], sheet["A2"], sheet["A3"] = CONTENT, 252, "='Secret'!A1"
    sheet["A1"].comment = Comment(SECRET, SECRET)
    sheet["B1"].hyperlink = "https://example.org/"
    sheet["B1"] = "a-link"
    hidden = book.create_sheet(SECRET)
    hidden["A1"] = SECRET
    hidden.sheet_state = "veryHidden"
    book.defined_names["Named"] = openpyxl.workbook.defined_name.DefinedName(
        "Named", attr_text=f"'{SECRET}'!$A$1"
    )
    target = io.BytesIO()
    book.save(target)
    return with_members(
        target.getvalue(),
        {
            "xl/persons/person.xml": f"<x>{SECRET}</x>",
            "xl/printerSettings/printerSettings1.bin": SECRET,
            "xl/externalLinks/externalLink1.xml": f"<x>{SECRET}</x>",
            "docProps/custom.xml": f"<x>{SECRET}</x>",
        },
    )


def test_a_workbook_keeps_its_visible_cells_and_loses_the_rest() -> None:
    original = a_workbook()
    assert has_secret(original)
    copy = copy_of(original, kinds.XLSX.mime)
    assert not has_secret(copy)
    book = openpyxl.load_workbook(io.BytesIO(copy))
    sheet = book["Figures"]
    assert (sheet["A1"].value, sheet["A2"].value, sheet["B1"].value) == (CONTENT, 252, "a-link")
    assert sheet["B1"].hyperlink.target == "https://example.org/"
    assert sheet["A1"].comment is None
    assert [each.sheet_state for each in book] == ["visible", "veryHidden"]
    assert list(book.worksheets[1].values) == []
    assert b"<f>" not in everything_in(copy)
    assert recognise(io.BytesIO(copy)) == kinds.XLSX


@pytest.mark.parametrize(
    "kind", [kinds.MP3, kinds.M4A, kinds.WAV, kinds.OGG_AUDIO, kinds.MP4, kinds.MOV, kinds.WEBM]
)
def test_of_sound_and_film_no_copy_is_made_and_that_is_said(kind) -> None:
    assert not copies.can_be_cleaned(kind.mime)
    with pytest.raises(NoCopy) as refused:
        copy_of(b"x", kind.mime)
    assert refused.value.code == "no_way"


@pytest.mark.parametrize(
    "kind", [kinds.PDF, kinds.PNG, kinds.JPEG, kinds.GIF, kinds.WEBP, kinds.DOCX, kinds.XLSX]
)
@pytest.mark.parametrize("content", [b"", b"x", b"%PDF-1.7", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n" + bytes(20)])
def test_what_cannot_be_opened_gives_a_sentence_and_no_copy(kind, content) -> None:
    with pytest.raises(NoCopy) as refused:
        copy_of(content, kind.mime)
    assert str(refused.value)


def test_the_pages_of_a_pdf_are_looked_at_as_pictures() -> None:
    target = io.BytesIO()
    document = pikepdf.new()
    for _number in range(copies.PREVIEW_PAGES + 3):
        document.add_blank_page(page_size=(300, 200))
    document.save(target)
    pages = list(copies.pages(io.BytesIO(target.getvalue()), kinds.PDF.mime))
    assert [page.number for page in pages] == list(range(1, copies.PREVIEW_PAGES + 1))
    with Image.open(io.BytesIO(pages[0].content)) as picture:
        assert (picture.format, max(picture.size)) == ("JPEG", copies.PREVIEW_SIDE)
        assert not picture.getexif()


def test_a_page_as_large_as_a_field_comes_small() -> None:
    target = io.BytesIO()
    document = pikepdf.new()
    document.add_blank_page(page_size=(14400, 14400))
    document.save(target)
    (page,) = copies.pages(io.BytesIO(target.getvalue()), kinds.PDF.mime)
    with Image.open(io.BytesIO(page.content)) as picture:
        assert max(picture.size) <= copies.PREVIEW_SIDE


def test_a_picture_is_looked_at_small_and_on_white() -> None:
    target = io.BytesIO()
    Image.new("RGBA", (3000, 1000), (255, 0, 0, 0)).save(target, "PNG")
    (page,) = copies.pages(io.BytesIO(target.getvalue()), kinds.PNG.mime)
    with Image.open(io.BytesIO(page.content)) as picture:
        assert picture.size == (copies.PREVIEW_SIDE, 467)
        assert picture.getpixel((10, 10)) == (255, 255, 255)


def test_a_picture_that_bursts_takes_no_more_memory_than_it_may() -> None:
    target = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(target, "PNG")
    assert len(target.getvalue()) < 300_000
    for make in (copies.cleaned, copies.pages):
        with pytest.raises(NoCopy):
            list(make(io.BytesIO(target.getvalue()), kinds.PNG.mime))
