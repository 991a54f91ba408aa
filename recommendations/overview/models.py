"""The overview keeps no rows of its own beyond the search index, which overview/search.py writes."""

__all__: list[str] = []
