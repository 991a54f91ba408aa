"""Prints who can sign in to the demonstration, for the person who has just started it."""

import os

import django
from django.conf import settings
from django.contrib.auth import get_user_model


def lines() -> list[str]:
    """One line for each invented person: address and roles; then the password they share. Empty without a demo."""
    people = get_user_model()._default_manager.filter(is_demo=True, is_active=True).order_by("pk")
    rows = [(person.email, ", ".join(sorted(str(role.label) for role in person.roles))) for person in people]
    if not rows:
        return []
    width = max(len(email) for email, _roles in rows)
    listed = [f"  {email:<{width}}  {roles}" for email, roles in rows]
    return [
        "Sign in as one of these invented people:",
        *listed,
        f"  password of all: {settings.DEMO_PASSWORD}",
        "",
    ]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    django.setup()
    print("\n".join(lines()), flush=True)
