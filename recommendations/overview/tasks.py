"""What the overview wants to be told: the search index follows every change of a recommendation at once."""

from recommendations.catalogue import index
from recommendations.overview.search import reindex

if reindex not in index.CHANGED:
    index.CHANGED.append(reindex)
