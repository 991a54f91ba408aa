"""Outside judges over every kind of page: `make judges`, or `python -m tests.judges axe nu roles` for some of them."""
