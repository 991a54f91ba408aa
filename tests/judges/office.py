"""The judge of Word and Excel files: an independent validator, and LibreOffice, which reads them as readers do."""

import json
import re
import subprocess
import tempfile
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pypdf

from recommendations.assessments.method_text import text_in_force
from recommendations.publications import filing, writing
from recommendations.publications.models import Submission
from recommendations.vocabulary import Language
from recommendations.words.citations import without_citations
from tests.browser.site import Site
from tests.exports import reading
from tests.exports.summaries import rich_summary
from tests.judges.tools import from_pypi

# Of a hundred words that LibreOffice counts we may count one more or less.
MOST_APART = 0.01
# Valid, and on purpose: a long table is written as a stream, each text in its cell. Excel moves them when it saves.
EXPLAINED = re.compile(r"inline-string cell\(s\)")
STATISTIC = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}document-statistic"
WORDS = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}word-count"


def office(site: Site) -> list[str]:
    """Valid OOXML, converted to PDF without losing a letter, pages numbered to the last, words counted alike."""
    with tempfile.TemporaryDirectory(prefix="upr-office-") as name, site.as_default_database():
        folder = Path(name)
        files = list(_files(folder))
        faults = _invalid(files)
        for file in files:
            if file.suffix == ".docx":
                faults += _lost(file, folder)
        return faults + _counted_apart(folder)


def _files(folder: Path) -> Iterator[Path]:
    """A rich summary in each language, and every submission of the demonstration."""
    for language in Language.values:
        made = rich_summary(60, language=language)
        for kind in ("docx", "xlsx"):
            path = folder / f"summary-{language}.{kind}"
            path.write_bytes(reading.rendered(made, kind))
            yield path
    for one in Submission.objects.all():
        path = folder / f"submission-{one.pk}.docx"
        with path.open("wb") as file:
            filing.write(one, "docx", file)
        yield path


def _invalid(files: list[Path]) -> list[str]:
    """What the validator finds against the specification, as Office of today reads it."""
    faults = []
    for file in files:
        done = subprocess.run(
            [str(from_pypi("openxml-audit")), "--format=microsoft365", "--output=json", str(file)],
            capture_output=True,
            text=True,
            check=False,
        )
        (found,) = json.loads(done.stdout)
        faults += [
            f"{file.name}: {one['description']} ({one.get('part_uri', '')})"
            for one in found["errors"]
            if not EXPLAINED.search(one["description"])
        ]
    return faults


def _convert(file: Path, kind: str, folder: Path, *more: str) -> Path:
    """The file as LibreOffice writes it anew, in a profile of its own."""
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", *more]
        + ["--convert-to", kind, "--outdir", str(folder / "out"), str(file)],
        check=True,
        capture_output=True,
        timeout=600,
    )
    return folder / "out" / f"{file.stem}.{kind}"


def _letters(text: str) -> Counter[str]:
    return Counter(letter for letter in unicodedata.normalize("NFKC", text) if letter.isalnum())


def _lost(file: Path, folder: Path) -> list[str]:
    """Letters that LibreOffice's PDF lacks, and pages that are not numbered to the last."""
    pdf = pypdf.PdfReader(_convert(file, "pdf", folder))
    text = "\n".join(page.extract_text() for page in pdf.pages)
    missing = _letters(reading.document_text(file.read_bytes())) - _letters(text)
    faults = [f"{file.name}: lost on the way to PDF: {dict(missing)}"] if missing else []
    # The second page: LibreOffice gives pages of endnotes, the last ones, neither head nor foot.
    last = len(pdf.pages)
    if not re.search(rf"\b2\D{{1,20}}{last}\b|\b{last}\D{{1,20}}2\b", pdf.pages[1].extract_text()):
        faults.append(f"{file.name}: the second page does not say that it is 2 of {last}")
    return faults


def _counted_apart(folder: Path) -> list[str]:
    """Texts whose words we count otherwise than LibreOffice does."""
    texts = {}
    for code in Language.values:
        said = text_in_force(code)
        texts[f"method-{code}"] = "\n\n".join(
            [*said["short"], *said["rules"], *said["evidence"], *said["noted"]]
        )
    for one in Submission.objects.prefetch_related("parts"):
        parts = [(part.heading, without_citations(part.text)) for part in one.parts.all()]
        texts[f"submission-{one.pk}"] = "\n\n".join(piece for part in parts for piece in part)
    faults = []
    for name, text in texts.items():
        ours = writing.count_words(text)
        plain = folder / f"{name}.txt"
        plain.write_text(text, encoding="utf-8")
        theirs = _words_of(_convert(plain, "odt", folder, "--infilter=Text (encoded):UTF8"))
        if abs(ours - theirs) > theirs * MOST_APART:
            faults.append(f"{name}: {ours} words, LibreOffice counts {theirs}")
        print(f"  {name}: {ours} words, LibreOffice {theirs}", flush=True)
    return faults


def _words_of(file: Path) -> int:
    with zipfile.ZipFile(file) as package:
        (found,) = ElementTree.fromstring(package.read("meta.xml")).iter(STATISTIC)
    return int(found.attrib[WORDS])
