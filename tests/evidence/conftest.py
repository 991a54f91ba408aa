"""What the tests of evidence share: a vault of their own, and people who are signed in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from recommendations.organisations.models import User

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def vault_folder(tmp_path: Path, settings) -> Path:
    """The vault lies in a folder of this test alone."""
    settings.DATA_DIR = tmp_path
    return tmp_path / "evidence"


@pytest.fixture
def signed_in() -> SignIn:
    """A function that gives a browser in which this person is signed in."""

    def sign_in(person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return sign_in
