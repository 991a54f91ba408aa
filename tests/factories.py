"""Makers of rows for tests: plain functions, each with defaults that make sense together."""

from __future__ import annotations

from itertools import count

from recommendations.organisations.models import Organisation, User
from recommendations.organisations.services import add_person
from recommendations.vocabulary import Role

PASSWORD = "a long enough pass phrase"
_numbers = count(1)


def make_organisation(**fields) -> Organisation:
    """An organisation of its own name."""
    number = next(_numbers)
    fields.setdefault("name", f"Organisation {number}")
    fields.setdefault("short_name", f"O{number}")
    return Organisation.objects.create(**fields)


def make_person(*roles: str, organisation: Organisation | None = None, **fields) -> User:
    """A person in these roles (an editor by default) and in an organisation of her own unless one is given.

    Signs in with ``PASSWORD``.
    """
    number = next(_numbers)
    return add_person(
        by=None,
        email=fields.pop("email", f"person{number}@example.org"),
        name=fields.pop("name", f"Person {number}"),
        organisation=organisation or make_organisation(),
        roles=roles or (Role.EDITOR,),
        password=PASSWORD,
        **fields,
    )
