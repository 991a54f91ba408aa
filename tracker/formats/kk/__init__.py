"""Kazakh, for which Django has no forms."""
