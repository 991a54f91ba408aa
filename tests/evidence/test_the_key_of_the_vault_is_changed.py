"""A new key: everything is sealed to it piece by piece, nothing is lost on the way, the old one goes at the end."""

from __future__ import annotations

from pathlib import Path

import pyrage
import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from recommendations.evidence import resealing, store, vault
from recommendations.evidence.models import Evidence, EvidenceFile
from recommendations.formats import kinds, sealing
from recommendations.jobs import queue
from recommendations.jobs.models import Job
from tests.evidence import samples
from tests.factories import make_evidence, make_person
from tracker import vault_key

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def key_file(tmp_path, settings) -> Path:
    file = tmp_path / "keys" / "vault.key"
    vault_key.write(file, [str(pyrage.x25519.Identity.generate())], replace=True)
    settings.VAULT_KEY_FILE, settings.VAULT_KEY = str(file), ""
    return file


@pytest.fixture
def item() -> Evidence:
    owner = make_person()
    evidence = make_evidence(owner, confidentiality="restricted", description="told in confidence")
    for shade in (1, 2, 3):
        upload = ContentFile(samples.png((shade, 0, 0)), name=f"{shade}.png")
        upload.recognised = kinds.PNG
        vault.receive_file(evidence, upload=upload, by=owner)
    return evidence


def test_the_old_key_opens_until_all_is_sealed_anew_and_then_is_not_needed(item, key_file) -> None:
    old = sealing.keyring()
    call_command("rotate_vault_key")
    assert Evidence.objects.get().description == "told in confidence"
    assert list(vault.faults()) == []
    assert resealing.older() > 3
    with pytest.raises(CommandError, match="not sealed to the new key yet"):
        call_command("rotate_vault_key", "--finish")
    queue.run(Job.objects.get(name=resealing.JOB))
    assert Job.objects.get(name=resealing.JOB).result["closed"] == 0
    assert resealing.older() == 0
    call_command("rotate_vault_key", "--finish")
    assert len(sealing.keyring().written) == 1
    assert sealing.keyring() != old
    assert Evidence.objects.get().description == "told in confidence"
    assert Evidence.objects.get().source.publisher.startswith("Bureau")
    assert list(vault.faults()) == []
    assert not any(
        sealing.is_sealed_to(store.STORE.path(file.stored_as), old) for file in EvidenceFile.objects.all()
    )


def test_work_that_was_interrupted_goes_on_where_it_ended(item, key_file) -> None:
    call_command("rotate_vault_key")
    before = resealing.older()

    class Killed(Exception):
        pass

    def kill(done: int, _total: int) -> None:
        if done == 2:
            raise Killed

    with pytest.raises(Killed):
        resealing.reseal(report=kill)
    assert resealing.older() == before - 2
    assert list(vault.faults()) == []
    assert resealing.reseal() == {"sealed": before - 2, "closed": 0}


def test_what_no_key_opens_stays_as_it_is_and_is_counted(item, key_file) -> None:
    file = EvidenceFile.objects.first()
    assert file is not None
    path = store.STORE.path(file.stored_as)
    path.chmod(0o600)
    path.write_bytes(pyrage.encrypt(b"x", [pyrage.x25519.Identity.generate().to_public()]))
    kept = path.read_bytes()
    call_command("rotate_vault_key", "--now")
    assert path.read_bytes() == kept
    with pytest.raises(CommandError, match="1 files or texts"):
        call_command("rotate_vault_key", "--finish")


def test_a_file_of_before_that_lies_in_clear_is_read_and_then_sealed(item) -> None:
    file = EvidenceFile.objects.first()
    assert file is not None
    path = store.STORE.path(file.stored_as)
    with vault.open_file(file) as stream:
        content = stream.read()
    path.chmod(0o600)
    path.write_bytes(content)
    assert list(vault.faults()) == []
    assert resealing.reseal() == {"sealed": 1, "closed": 0}
    assert sealing.is_sealed(path)
    assert list(vault.faults()) == []
