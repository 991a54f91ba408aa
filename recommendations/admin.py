"""The emergency door: Django's admin, read-only where the workflow rules."""
