"""References of an earlier report as proposals of evidence: addresses, titles, dates, out of its notes and links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommendations.evidence import picking
from recommendations.formats import sandbox
from recommendations.formats.problems import problem
from recommendations.imports.bringing.evidence import same_address
from recommendations.imports.fieldwork.columns import read_day
from recommendations.vocabulary import EvidenceKind, Shows
from recommendations.words.clean import clean_line, clean_text

MESSAGES = {
    "no_document": gettext_lazy("The file is no Word document. Expected .docx."),
    "damaged": gettext_lazy(
        "The document is damaged. Open it in Word, save it anew as .docx and send that file."
    ),
    "encrypted": gettext_lazy(
        "The file is protected with a password. Save it without one and send it again."
    ),
    "macros": gettext_lazy(
        "The document contains macros. Save it as a Word document without macros (.docx)."
    ),
    "too_large_unpacked": gettext_lazy(
        "The document is far larger inside than a document can be. It was not opened."
    ),
    "too_much_text": gettext_lazy("The document is too long. Send it in parts."),
    "too_many_notes": gettext_lazy("The document has more than %(most)s notes and links. Send it in parts."),
    "memory": gettext_lazy("The document needs more memory to read than a document should. It was not read."),
    "time": gettext_lazy("Reading the document took too long. Save it anew as .docx and send that file."),
    "crash": gettext_lazy(
        "The document could not be read. Open it in Word, save it anew as .docx and send that file."
    ),
}
PLACES = {
    "footnote": gettext_lazy("footnote %(number)s"),
    "endnote": gettext_lazy("endnote %(number)s"),
    "text": gettext_lazy("paragraph %(number)s"),
}

_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"«»“”\[\]{}|^`]+", re.IGNORECASE)
_QUOTED = re.compile(r"[«“\"„]([^«»“”\"„]{8,300})[»”\"“]")
# "Ibid." and its like say nothing of their own.
_NOTHING_OWN = re.compile(r"(?:ibid|id|op\.? ?cit|там же|указ\. ?соч|сонда)\b", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?:see(?: also)?|cf\.?|см\.?(?: также)?|смотри|қараңыз|қар\.?)(?:[:\s]+|$)", re.IGNORECASE
)
_TAIL = re.compile(
    r"[\s,;:.(–—-]*(?:available (?:at|from|online)|retrieved from|at|url|доступно (?:по адресу|на)|режим доступа|"
    r"по ссылке|ссылка|сілтеме|мекенжайы)?[\s,;:.(–—-]*$",
    re.IGNORECASE,
)
_ACCESSED = re.compile(
    r"\(?(?:last )?(?:accessed|visited|retrieved|дата обращения|дата доступа|просмотрено|қаралған күні|қаралды)"
    r"[^\d]{0,12}(?P<day>[^;)\n]{4,40})\)?",
    re.IGNORECASE,
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan января қаңтар",
            "february feb февраля ақпан",
            "march mar марта наурыз",
            "april apr апреля сәуір",
            "may мая мамыр",
            "june jun июня маусым",
            "july jul июля шілде",
            "august aug августа тамыз",
            "september sep sept сентября қыркүйек",
            "october oct октября қазан",
            "november nov ноября қараша",
            "december dec декабря желтоқсан",
        ),
        start=1,
    )
    for name in names.split()
}
_NUMERIC = re.compile(r"\b(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{4})\b")
_WORDY = re.compile(r"\b(?P<d>\d{1,2})(?:st|nd|rd|th)? (?P<m>[^\W\d]+)\.?,? (?P<y>[12]\d{3})\b")
_MONTH_FIRST = re.compile(r"\b(?P<m>[^\W\d]+)\.? (?P<d>\d{1,2}),? (?P<y>[12]\d{3})\b")
_YEAR_FIRST = re.compile(r"\b(?P<y>[12]\d{3}) жылғы (?P<d>\d{1,2}) (?P<m>[^\W\d]+)")
_YEAR = re.compile(r"(?<![\d/.-])(?:19|20)\d{2}(?![\d/-])")
_REFERENCE = re.compile(r"\b[A-Z]{3}-(?:[A-Z]+-)?\d+-\d[\d.]*(?:\([a-z]\))?")
_AROUND = " ,;:.–—-"
_UN = ("un.org", "ohchr.org", "undocs.org", "upr-info.org")


def notes_of(source: Path | IO[bytes]) -> Iterator[dict[str, Any]]:
    """The notes and links of a Word document, read in the sandbox. Raises ``FileProblem``."""
    batches = sandbox.stream(
        "recommendations.formats.parsers.docx_notes:notes",
        source,
        limits=sandbox.Limits(memory=512 * 1024 * 1024, seconds=30),
    )
    try:
        for batch in batches:
            yield from batch
    except sandbox.Refused as refusal:
        code = refusal.code if refusal.code in MESSAGES else "damaged"
        raise problem(MESSAGES, code, **refusal.values) from None
    except sandbox.Died as death:
        raise problem(MESSAGES, death.reason) from None
    finally:
        batches.close()


def proposals(notes: Iterable[dict[str, Any]], *, reader: Any) -> list[dict[str, Any]]:
    """A record for each thing the notes refer to, in the order of the text; the same address once."""
    found: dict[str, dict[str, Any]] = {}
    for note in notes:
        place = str(PLACES[note["place"]]) % {"number": note["number"]}
        for chunk, url in _chunks(note):
            key = same_address(url) if url else clean_line(chunk).casefold()
            if key in found:
                found[key]["places"].append(place)
                continue
            record = _record(chunk, url, note, reader)
            if record is not None:
                found[key] = record | {"places": [place]}
    return list(found.values())


def _chunks(note: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(words, address) of each thing a note refers to: the words before an address belong to it."""
    text, urls = (
        clean_text(note["text"]),
        [url for url in note["urls"] if url.startswith(("http://", "https://"))],
    )
    if note["place"] == "text":
        yield from ((text, url) for url in urls)
        return
    end = 0
    seen = set()
    for match in _URL.finditer(text):
        url = match.group().rstrip(".,;:)'")
        url = f"https://{url}" if url.lower().startswith("www.") else url
        seen.add(same_address(url))
        after = text[match.end() :].lstrip(" .")
        accessed = _ACCESSED.match(after)
        yield f"{text[end : match.start()]} {accessed.group() if accessed else ''}".strip(), url
        end = match.end() + (len(text) - match.end() - len(after) + accessed.end() if accessed else 0)
    rest = [url for url in urls if same_address(url) not in seen]
    yield from ((text if not seen else "", url) for url in rest)
    if not seen and not rest and len(text) >= 15 and not _NOTHING_OWN.match(_LEAD.sub("", text)):
        yield text, ""


def _record(chunk: str, url: str, note: dict[str, Any], reader: Any) -> dict[str, Any] | None:
    words = clean_line(chunk)
    accessed = None
    if found := _ACCESSED.search(words):
        accessed = _any_day(found["day"])[0]
        words = f"{words[: found.start()]} {words[found.end() :]}"
    published, as_known = _any_day(words)
    host = urlsplit(url).netloc.lower().removeprefix("www.")
    title = _title(words, url)
    context = clean_text(note["context"])
    named = picking.understand(",".join(_REFERENCE.findall(f"{context} {words}")), reader=reader).targets
    is_un = host.endswith(_UN) or bool(re.search(r"\b(?:A/HRC|CCPR|CEDAW|CERD|CAT|E/C)\b[/.]", words))
    return {
        "fields": {
            "title": title,
            "kind": EvidenceKind.UN_FINDING.value if is_un else EvidenceKind.OTHER.value,
            "description": "",
            "place": "",
            "act_version": "",
            "held_by": "",
            "method": "",
            "language": "",
            "happened_from": None,
            "happened_until": None,
        },
        "source": {
            "publisher": host[:200],
            "title": "",
            "url": url,
            "published_on": published.isoformat() if published else None,
            "published_text": as_known,
            "accessed_on": accessed.isoformat() if accessed else None,
        },
        "links": [],
        "references": ", ".join(str(target) for target in named),
        "shows": Shows.CONTEXT.value,
        "note": clean_line(chunk)[:600],
        "context": context[:600],
    }


def _title(words: str, url: str) -> str:
    quoted = max(_QUOTED.findall(words), key=len, default="")
    plain = _TAIL.sub("", _URL.sub("", words)).strip(_AROUND)
    plain = _LEAD.sub("", plain).strip(_AROUND)
    title = clean_line(quoted or plain)
    if len(title) < 4:
        parts = urlsplit(url)
        title = f"{parts.netloc.removeprefix('www.')}{parts.path}".rstrip("/")
    return title if len(title) <= 300 else title[:299].rstrip() + "…"


def _any_day(words: str) -> tuple[date | None, str]:
    """The day, else the year, that stands in some words; what lies in the future is none."""
    today = timezone.localdate()
    days = [read_day(found, is_number=False) for found in _NUMERIC.findall(words)]
    for pattern in (_WORDY, _MONTH_FIRST, _YEAR_FIRST):
        for found in pattern.finditer(words):
            month = _MONTHS.get(found["m"].casefold()) or _MONTHS.get(
                found["m"].casefold().removesuffix("дағы")
            )
            if month:
                try:
                    days.append(date(int(found["y"]), month, int(found["d"])))
                except ValueError:
                    continue
    known = [day for day in days if day and day <= today]
    if known:
        return known[0], ""
    years = [year for year in _YEAR.findall(words) if int(year) <= today.year]
    return None, years[-1] if years else ""


def place_words(places: list[str]) -> str:
    """Where in the report it is referred to."""
    shown = ", ".join(places[:6])
    return shown + (" …" if len(places) > 6 else "") if places else _("in the text")


def spot(number: int, record: Mapping[str, Any]) -> str:
    """Where a row stands in its file: a report has notes and paragraphs instead of rows."""
    return place_words(record["places"]) if "places" in record else _("row %(n)s") % {"n": number}
