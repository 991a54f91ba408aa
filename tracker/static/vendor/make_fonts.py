"""Make the three woff2 faces of the pages from the variable fonts that requirements.txt installs.

Run it from the repository's root with the environment that has tests/requirements.txt (fonttools, brotli):

    .venv/bin/python tracker/static/vendor/make_fonts.py

The Open Font License reserves the name "Source" for unmodified fonts, and a subset is a modification: so the
faces made here are called Tracker Serif and Tracker Sans. The documents (PDF, DOCX) use the originals.
"""

import io
from importlib.resources import files
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from fontTools.varLib.instancer import instantiateVariableFont

HERE = Path(__file__).parent / "fonts"

# Names of States, cities and people in the UN's documents: French, Spanish, Turkish, Polish, Czech, Balkan.
# The Latin-1 block without what nobody writes here; Russian, Kazakh, and the letters of neighbours' names.
LATIN = "".join(map(chr, range(0x20, 0x7F))) + "\xa0§«»°·±×½©ÁÂÃÅÇÉÎÑÓÔÖØÚÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüý"
LATIN_NAMES = "ćčĞğİıłńœřŞşŠšŽž"
CYRILLIC = "".join(map(chr, range(0x0410, 0x0450))) + "ЁёЄєЇїЎў"
KAZAKH = "ІіҒғҚқҢңҮүҰұҺһӘәӨө"
SIGNS = "‑–—‘’‚“”„•…‰€₸№←↑→↓−×≈≤≥\u2009\u202f\xad"

# file name, family, PyPI package, file in it, axis values, style name
SERIF = ("fontpkg_source_serif_4", "SourceSerif4[opsz,wght].ttf")
SANS = ("fontpkg_source_sans_3", "SourceSans3[wght].ttf")
FACES = [
    ("tracker-serif-400", "Tracker Serif", *SERIF, {"wght": 400, "opsz": 16}, "Regular"),
    ("tracker-sans-400", "Tracker Sans", *SANS, {"wght": 400}, "Regular"),
    ("tracker-sans-600", "Tracker Sans", *SANS, {"wght": 600}, "SemiBold"),
]


def make(*, name, family, package, file, axes, style):
    """Write one static subset face and return its path."""
    source = files(package) / "files" / file
    font = instantiateVariableFont(TTFont(io.BytesIO(source.read_bytes())), axes)
    options = Options()
    options.layout_features = ["kern"]
    options.hinting = False
    options.desubroutinize = True
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 4, 6, 14]
    options.drop_tables += ["BASE", "GDEF", "STAT", "GSUB"]
    options.name_languages = [0x409]
    subsetter = Subsetter(options)
    subsetter.populate(text=LATIN + LATIN_NAMES + CYRILLIC + KAZAKH + SIGNS)
    subsetter.subset(font)
    for record in font["name"].names:
        if record.nameID == 1:
            record.string = family
        elif record.nameID == 2:
            record.string = style
        elif record.nameID == 4:
            record.string = f"{family} {style}"
        elif record.nameID == 6:
            record.string = f"{family}-{style}".replace(" ", "")
    scale_upem(font, 640)  # coordinates in fewer bytes; at 40 px one unit is a sixteenth of a pixel
    font["head"].modified = font["head"].created  # the same bytes whenever it is made
    font.recalcTimestamp = False
    font.flavor = "woff2"
    path = HERE / f"{name}.woff2"
    font.save(path)
    return path


if __name__ == "__main__":
    for name, family, package, file, axes, style in FACES:
        path = make(name=name, family=family, package=package, file=file, axes=axes, style=style)
        print(path.name, path.stat().st_size)
