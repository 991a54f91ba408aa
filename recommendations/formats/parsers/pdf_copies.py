"""Makes copies of a PDF: without what was written beside its pages, and each page as a picture.

Runs in the sandbox's child.
"""

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name, Object, Stream

from recommendations.formats.parsers.embedded_pictures import stripped
from recommendations.formats.parsers.image_copies import as_jpeg
from recommendations.formats.parsers.pieces import pieces
from recommendations.formats.sandbox import Refused

# Entries that say who made something, when and with what, or that make the file do something.
_BESIDE = (
    "/Metadata",
    "/PieceInfo",
    "/LastModified",
    "/AA",
    "/AF",
    "/Thumb",
    "/OpenAction",
    "/Legal",
    "/Perms",
    "/DSS",
    "/SpiderInfo",
    "/Collection",
    "/Threads",
    "/JS",
    "/JavaScript",
)
_IN_NOTES = (
    "/T",
    "/Subj",
    "/M",
    "/CreationDate",
    "/NM",
    "/RC",
    "/Popup",
    "/Contents",
    "/IRT",
    "/DS",
    "/Lang",
)
# Notes that one sees on the page; all others are comments, attached files, sound, film or programs.
_SEEN = {
    "/Link",
    "/FreeText",
    "/Line",
    "/Square",
    "/Circle",
    "/Polygon",
    "/PolyLine",
    "/Highlight",
    "/Underline",
    "/Squiggly",
    "/StrikeOut",
    "/Stamp",
    "/Ink",
    "/Redact",
    "/Widget",
}
_LEADS = {"/URI", "/GoTo", "/Named"}
_FAULTS = (pikepdf.PdfError, ValueError, RuntimeError, OverflowError, RecursionError, TypeError, KeyError)
# A page of A0 at the resolution of a preview; larger ones come smaller.
_MOST_PIXELS = 4_000_000


def clean(source: BinaryIO) -> Iterator[str]:
    """Yields pieces of the PDF with its pages as they are, and nothing beside them.

    Gone are author, programs, dates and names, comments and who wrote them, attached files, scripts, earlier
    revisions, and what cameras wrote into pictures.
    """
    try:
        with pikepdf.open(source, suppress_warnings=True) as document:
            _clean(document)
            target = io.BytesIO()
            document.save(
                target,
                compress_streams=True,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
                deterministic_id=True,
            )
        # A damaged file may have been taken apart so far that what is left does not open.
        with pikepdf.open(io.BytesIO(target.getvalue()), suppress_warnings=True) as made:
            if not len(made.pages):
                raise Refused("damaged")
    except pikepdf.PasswordError:
        raise Refused("encrypted") from None
    except MemoryError:
        raise
    except _FAULTS:
        raise Refused("damaged") from None
    yield from pieces(target.getvalue())


def _clean(document: pikepdf.Pdf) -> None:
    for key in list(document.trailer.keys()):
        if key not in ("/Root", "/Size", "/ID", "/Prev", "/XRefStm"):
            del document.trailer[key]
    root = document.Root
    if "/Names" in root:
        for key in ("/JavaScript", "/EmbeddedFiles", "/AlternatePresentations", "/Renditions"):
            if key in root.Names:
                del root.Names[key]
    if "/AcroForm" in root:
        for key in ("/XFA", "/CO"):
            if key in root.AcroForm:
                del root.AcroForm[key]
    for page in document.pages:
        _notes(page)
    for thing in document.objects:
        _walk(thing)
        if isinstance(thing, Stream):
            _picture(thing)


def _walk(thing: Object) -> None:
    """The object and all that lies within it; what it only points at has its own turn."""
    waiting = [thing]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Dictionary | Stream):
            _bare(each)
            inside = [value for _key, value in each.items()]
        elif isinstance(each, Array):
            inside = list(each)
        else:
            continue
        waiting += [part for part in inside if isinstance(part, Object) and not part.is_indirect]


def _notes(page: Any) -> None:
    if "/Annots" not in page or not isinstance(page.Annots, Array):
        return
    kept = []
    for note in page.Annots:
        if not isinstance(note, Dictionary) or str(note.get("/Subtype", "")) not in _SEEN:
            continue
        is_field = note.get("/Subtype") == Name.Widget
        for key in _IN_NOTES:
            # What a form calls its fields is no person's name, and its parts are found by it.
            if key in note and not (is_field and key == "/T"):
                del note[key]
        if "/A" in note and not _leads(note["/A"]):
            del note["/A"]
        if is_field and note.get("/FT") == Name.Sig and "/V" in note:
            del note["/V"]
        kept.append(note)
    page.Annots = Array(kept)


def _leads(action: Object) -> bool:
    """Whether an action only leads to another place, and to one alone."""
    if not isinstance(action, Dictionary) or str(action.get("/S", "")) not in _LEADS or "/Next" in action:
        return False
    address = str(action.get("/URI", "http:")).strip().lower()
    return address.startswith(("http:", "https:", "mailto:"))


def _bare(thing: Object) -> None:
    for key in _BESIDE:
        if key in thing:
            del thing[key]
    if (
        "/A" in thing
        and isinstance(thing["/A"], Dictionary)
        and "/S" in thing["/A"]
        and not _leads(thing["/A"])
    ):
        del thing["/A"]
    if thing.get("/Type") == Name.Sig:
        for key in list(thing.keys()):
            if key != "/Type":
                del thing[key]
    if thing.get("/Type") == Name.Filespec or "/EF" in thing:
        for key in ("/EF", "/RF", "/F", "/UF", "/Desc"):
            if key in thing:
                del thing[key]


def _picture(stream: Stream) -> None:
    """A photograph keeps its bytes but for what the camera wrote beside the pixels."""
    if stream.get("/Subtype") != Name.Image:
        return
    filters = stream.get("/Filter")
    only: Any = filters[0] if isinstance(filters, Array) and len(filters) == 1 else filters
    if only in (Name.DCTDecode, Name.JPXDecode):
        bare = stripped(stream.read_raw_bytes())
        if bare is None:
            raise Refused("damaged")
        stream.write(bare, filter=only, decode_parms=_parameters(stream))


def _parameters(stream: Stream) -> Any:
    return stream.get("/DecodeParms")


def preview(source: BinaryIO, *, pages: int, side: int) -> Iterator[dict[str, Any]]:
    """Yields the first pages as pictures, each as {"page": n, "piece": …} in one or more pieces, then the count."""
    try:
        document = pypdfium2.PdfDocument(source.read())
    except (pypdfium2.PdfiumError, ValueError):
        raise Refused("damaged") from None
    document.init_forms()  # what is filled in is seen; this PDFium knows no scripts
    count = len(document)
    for number in range(min(count, pages)):
        try:
            page = document[number]
            width, height = page.get_size()
            scale = min(side / max(width, height, 1), (_MOST_PIXELS / max(width * height, 1)) ** 0.5)
            picture = page.render(scale=scale).to_pil()
        except (pypdfium2.PdfiumError, ValueError, RuntimeError):
            raise Refused("damaged") from None
        for piece in pieces(as_jpeg(picture, side=side)):
            yield {"page": number + 1, "piece": piece}
    yield {"count": count}
