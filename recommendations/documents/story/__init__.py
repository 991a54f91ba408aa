"""The summary told as a document: title page, chapters, entries, tables and endnotes as plain data.

DOCX and PDF render the same story, so they say the same in the same order. `tell(summary)` gives:

    language, title, subtitle, lines (title page), squares, legend, notice, header, page_pattern, contents,
    blocks (see parts.py), endnotes_title, endnotes, author, made_at
"""

from django.utils.translation import gettext as _

from recommendations.documents import words
from recommendations.documents.story import entries, figures, findings, opening, overview
from recommendations.documents.story.parts import Story, legal
from recommendations.overview.summary import CycleSummary


def tell(summary: CycleSummary) -> Story:
    """The whole document in the summary's language."""
    with words.speaking(summary.language):
        chapters = entries.theme_chapters(summary)
        cited = entries.mark_first_citations(chapters)
        story = {
            "language": summary.language,
            **opening.title_page(summary),
            "contents": _("Contents"),
            "blocks": [
                *overview.in_brief(summary),
                *opening.about(summary),
                *overview.left_out(summary),
                *opening.method(summary),
                *figures.key_figures(summary),
                *findings.what_stands_out(summary),
                *chapters,
                *figures.indicators(summary),
                *entries.annex(summary),
            ],
            "endnotes_title": _("Endnotes"),
            "endnotes": entries.endnotes(summary, cited),
            "made_at": summary.made_at.isoformat(),
        }
    return legal(story)
