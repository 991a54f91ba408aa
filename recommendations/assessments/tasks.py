"""What assessments add to the pages of the capabilities below them."""

from recommendations.assessments.cited import cited_in
from recommendations.evidence.pages import PANELS

if cited_in not in PANELS:
    PANELS.append(cited_in)
