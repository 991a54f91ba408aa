"""What the tests of evidence share: a vault of their own, and people who are signed in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from recommendations.organisations.models import User

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def vault_folder(tmp_path: Path, settings) -> Path:
    """The vault lies in a folder of this test alone."""
    settings.DATA_DIR = tmp_path
    return tmp_path / "evidence"


class Reading(Client):
    """A browser that takes all of what is sent to it, so that the file behind it is let go."""

    def request(self, **request: Any) -> Any:
        """The answer; its streamed content may be read again."""
        answer = super().request(**request)
        if getattr(answer, "streaming", False):
            answer.streaming_content = list(answer.streaming_content)
        return answer


@pytest.fixture
def signed_in() -> SignIn:
    """A function that gives a browser in which this person is signed in."""

    def sign_in(person: User) -> Client:
        client = Reading()
        client.force_login(person)
        return client

    return sign_in
