"""Storing: sealed from the first byte, hashed as received, whole or not at all; other keys and changes are told."""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import threading
from pathlib import Path

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendations.formats import sealing
from recommendations.formats.problems import FileProblem
from recommendations.formats.storing import Store
from tracker import vault_key

CANARY = b"a sentence that no disk may see"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(lambda: tmp_path / "store")


def lying(store: Store) -> list[Path]:
    return sorted(path for path in store.folder.rglob("*") if path.is_file())


def new_key() -> str:
    return str(pyrage.x25519.Identity.generate())


def use_keys(settings, tmp_path: Path, *keys: str) -> None:
    """Let the site have these keys."""
    file = tmp_path / "vault.key"
    vault_key.write(file, list(keys), replace=True)
    settings.VAULT_KEY_FILE, settings.VAULT_KEY = str(file), ""


def test_what_was_put_comes_back_with_size_and_hash_of_the_bytes_as_they_came(store) -> None:
    content = os.urandom(300_000)
    coming = store.receive([content[:100], b"", content[100:]])
    stored_as = store.put(coming)
    assert (coming.size, coming.sha256) == (300_000, hashlib.sha256(content).hexdigest())
    assert stored_as.startswith(f"{coming.sha256[:2]}/{coming.sha256}-")
    with store.open(stored_as) as stream:
        assert stream.read() == content
    assert lying(store) == [store.path(stored_as)]
    assert store.path(stored_as).stat().st_mode & 0o777 == 0o400


def test_an_empty_file_comes_back_empty(store) -> None:
    with store.open(store.put(store.receive([]))) as stream:
        assert stream.read() == b""


def test_the_stock_age_format_is_what_lies_on_the_disk(store, settings, tmp_path) -> None:
    key = new_key()
    use_keys(settings, tmp_path, key)
    stored_as = store.put(store.receive([CANARY]))
    identity = pyrage.x25519.Identity.from_str(key)
    assert pyrage.decrypt(store.path(stored_as).read_bytes(), [identity]) == CANARY


def test_no_byte_lies_in_clear_while_a_file_comes_nor_after(store) -> None:
    coming = store.incoming()
    for _piece in range(10):
        coming.write(CANARY * 10_000)
        assert CANARY not in b"".join(path.read_bytes() for path in lying(store))
    coming.complete()
    assert CANARY not in lying(store)[0].read_bytes()
    store.put(coming)
    assert CANARY not in lying(store)[0].read_bytes()


def test_a_file_lies_hidden_until_it_is_put_and_can_be_read_meanwhile(store) -> None:
    coming = store.receive([b"abc", b"def"])
    assert [path.parent for path in lying(store)] == [store.hidden]
    with coming.open() as stream:
        assert stream.read() == b"abcdef"
    with coming.content() as content:
        assert content.fileno() > 0
        assert content.seek(3) == 3
        assert content.read() == b"def"
        with pytest.raises(OSError):
            os.write(content.fileno(), b"changed")


def test_a_file_is_discarded_at_any_time_and_again(store) -> None:
    coming = store.incoming()
    coming.write(b"abc")
    coming.discard()
    coming.discard()
    assert lying(store) == []


def test_no_thread_is_left_by_files_that_are_not_read_to_their_end(store) -> None:
    stored_as = store.put(store.receive([bytes(2_000_000)] * 4))
    before = threading.active_count()
    with store.open(stored_as) as stream:
        assert stream.read(10) == bytes(10)
    store.open(stored_as).close()
    store.incoming().discard()
    assert threading.active_count() == before


def test_an_existing_file_is_never_overwritten(store) -> None:
    store.put(store.receive([b"first"]), name="ab/one")
    second = store.receive([b"second"])
    with pytest.raises(FileExistsError):
        store.put(second, name="ab/one")
    second.discard()
    with store.open("ab/one") as stream:
        assert stream.read() == b"first"


def test_too_many_bytes_leave_nothing_behind(store) -> None:
    with pytest.raises(FileProblem, match="larger than 1 MB"):
        store.receive([b"x" * 700_000] * 2, most_bytes=1024 * 1024)
    assert lying(store) == []


def test_a_source_that_breaks_off_leaves_nothing_behind(store) -> None:
    def cut_off():
        yield b"half"
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError):
        store.receive(cut_off())
    assert lying(store) == []


def test_a_full_disk_is_said_and_leaves_nothing_behind(store) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    # The system's limit on file size answers as a full disk does: a short write, then an error.
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, before[1]))
    try:
        with pytest.raises(FileProblem, match="no room left"):
            store.receive([b"x" * 1_000_000] * 20)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert lying(store) == []


def test_a_folder_that_cannot_be_written_is_said(tmp_path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FileProblem, match="could not write"):
        Store(lambda: tmp_path / "file" / "below-a-file").incoming()


def test_another_key_opens_nothing_and_it_is_told_before_a_byte_is_read(store, settings, tmp_path) -> None:
    use_keys(settings, tmp_path, new_key())
    stored_as = store.put(store.receive([CANARY]))
    use_keys(settings, tmp_path, new_key())
    with pytest.raises(sealing.Unreadable):
        store.open(stored_as)


def test_an_older_key_opens_what_it_sealed_and_the_first_one_seals(store, settings, tmp_path) -> None:
    old, new = new_key(), new_key()
    use_keys(settings, tmp_path, old)
    before = store.put(store.receive([b"before"]))
    use_keys(settings, tmp_path, new, old)
    after = store.put(store.receive([b"after"]))
    for stored_as, content in ((before, b"before"), (after, b"after")):
        with store.open(stored_as) as stream:
            assert stream.read() == content
    current = sealing.keyring().current()
    assert [sealing.is_sealed_to(store.path(one), current) for one in (before, after)] == [
        False,
        True,
    ]


def test_a_missing_key_is_said_with_its_place(store, settings, tmp_path) -> None:
    settings.VAULT_KEY_FILE, settings.VAULT_KEY = str(tmp_path / "nowhere.key"), ""
    with pytest.raises(sealing.KeyMissing, match=r"nowhere\.key"):
        store.incoming()
    assert lying(store) == []


def test_the_key_may_stand_in_the_environment(store, settings, tmp_path) -> None:
    first, second = new_key(), new_key()
    settings.VAULT_KEY, settings.VAULT_KEY_FILE = f"{first},{second}", ""
    stored_as = store.put(store.receive([CANARY]))
    use_keys(settings, tmp_path, first)
    with store.open(stored_as) as stream:
        assert stream.read() == CANARY


@given(st.data())
def test_one_byte_flipped_anywhere_is_told(tmp_path_factory, data) -> None:
    store = Store(lambda: tmp_path_factory.getbasetemp() / "flipped")
    stored_as = store.put(store.receive([data.draw(st.binary(min_size=0, max_size=200))]))
    path = store.path(stored_as)
    content = bytearray(path.read_bytes())
    # A share, not a place: age pads its header by chance.
    place = int(data.draw(st.floats(0, 1, exclude_max=True)) * (len(content) - len(sealing.MAGIC)))
    content[len(sealing.MAGIC) + place] ^= data.draw(st.integers(1, 255))
    path.chmod(0o600)
    path.write_bytes(content)
    with pytest.raises(sealing.Unreadable), store.open(stored_as) as stream:
        stream.read()


@pytest.mark.parametrize("kept", [1, 65_536, 70_000, 199_000])
def test_a_file_that_was_cut_off_is_told(store, kept) -> None:
    stored_as = store.put(store.receive([os.urandom(200_000)]))
    path = store.path(stored_as)
    path.chmod(0o600)
    os.truncate(path, len(sealing.MAGIC) + kept)
    with pytest.raises(sealing.Unreadable), store.open(stored_as) as stream:
        stream.read()


@given(st.text())
def test_a_text_comes_back_from_its_own_place_only(text) -> None:
    sealed = sealing.sealed_text(text, place="evidence.description")
    assert sealing.is_sealed_text(sealed)
    assert sealing.opened_text(sealed, place="evidence.description") == text
    with pytest.raises(sealing.Unreadable):
        sealing.opened_text(sealed, place="evidence.method")


def test_the_same_text_is_never_sealed_to_the_same_letters() -> None:
    assert sealing.sealed_text("x", place="a") != sealing.sealed_text("x", place="a")


def test_a_text_of_a_lost_key_is_told(settings, tmp_path) -> None:
    use_keys(settings, tmp_path, new_key())
    sealed = sealing.sealed_text("x", place="a")
    use_keys(settings, tmp_path, new_key())
    with pytest.raises(sealing.Unreadable):
        sealing.opened_text(sealed, place="a")
