"""How ratings come about, in the words of documents. The definitions themselves stand in assessments/method.py."""

from django.utils.translation import gettext as _

from recommendations.assessments import method


def paragraphs() -> list[str]:
    """The method in short paragraphs, in the order in which a rating is reached."""
    return [
        _(
            "The question is whether what a recommendation asks for is the case on the cut-off date, measured "
            "against the day of the review that produced it; not whether the State acted because of the review. "
            "Recommendations of the Universal Periodic Review bind politically, treaties legally: this document "
            "speaks of implementation, and of compliance only where it names an obligation of a treaty."
        ),
        _(
            "A recommendation with several demands is split. Before anything is rated, one sentence says when a "
            "demand is implemented. Three tests follow, as far as the wording requires them: law, policy and "
            "practice. The whole follows from its parts: all fully, fully; all not, not; any part reversed, "
            "reversed, unless another part is at least partially implemented; in every other case partially. "
            "Whoever departs from this gives a reason, which is printed."
        ),
        _(
            "A claim about law cites the act with its version and date. A claim about practice cites two "
            "independent items of evidence or one systematic one; otherwise it carries the words “single source”. "
            "The State’s word alone never makes a recommendation fully implemented. Findings on practice rest on "
            "reasonable grounds to believe. A second person reviews every assessment before it is approved."
        ),
        _(
            "Steps under way, such as a bill or an item of a plan, are a mark and never a rating. Noted "
            "recommendations are rated by the same definitions and counted apart."
        ),
        _(
            "Each organisation answers for its own assessment. Where organisations differ, the document shows "
            "what each of them found; their ratings are never averaged."
        ),
    ]


def definition(rating: str) -> str:
    """The published definition of a rating."""
    return str(method.DEFINITIONS[rating])


def not_yet_sentence() -> str:
    """What it means that something is not assessed."""
    return _("“Not yet assessed” is no rating: nobody has tried. It is counted apart everywhere.")


def tests() -> list[tuple[str, str]]:
    """(test, what it asks) for law, policy and practice."""
    return [(str(title), str(method.TEST_DEFINITIONS[test])) for test, title in method.TESTS.items()]
