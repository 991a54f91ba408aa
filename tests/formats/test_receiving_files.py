import hashlib
import resource
import signal

import pytest

from recommendations.formats.hashing import Receiving, receive, sha256_of
from recommendations.formats.problems import FileProblem


def test_size_and_hash_are_those_of_the_bytes_written(tmp_path):
    received = receive([b"abc", b"", b"def"], tmp_path / "new" / "file.bin")
    assert received.path.read_bytes() == b"abcdef"
    assert received.size == 6
    assert received.sha256 == hashlib.sha256(b"abcdef").hexdigest() == sha256_of(received.path)
    assert [path.name for path in received.path.parent.iterdir()] == ["file.bin"]


def test_an_existing_file_is_never_overwritten(tmp_path):
    target = tmp_path / "original"
    target.write_bytes(b"first")
    with pytest.raises(FileExistsError):
        receive([b"second"], target)
    assert target.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [target]


def test_too_many_bytes_leave_nothing_behind(tmp_path):
    with pytest.raises(FileProblem, match="larger than 1 MB"):
        receive([b"x" * 700_000] * 2, tmp_path / "big", most_bytes=1024 * 1024)
    assert list(tmp_path.iterdir()) == []


def test_an_upload_cut_off_leaves_nothing_behind(tmp_path):
    def cut_off():
        yield b"half"
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError):
        receive(cut_off(), tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_said_and_leaves_nothing_behind(tmp_path):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    # The system's limit on file size answers as a full disk does: a short write, then an error.
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, before[1]))
    try:
        with pytest.raises(FileProblem, match="no room left"):
            receive([b"x" * 1_000_000] * 3, tmp_path / "file")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FileProblem, match="could not write"):
        receive([b"x"], tmp_path / "file" / "below-a-file" / "target")


def test_a_file_received_in_pieces_lies_hidden_until_it_is_finished(tmp_path):
    receiving = Receiving(tmp_path / "incoming")
    receiving.write(b"abc")
    receiving.write(b"def")
    receiving.complete()
    assert receiving.path.read_bytes() == b"abcdef"
    assert receiving.path.name.startswith(".receiving-")
    receiving.finish(tmp_path / "ab" / "stored")
    receiving.discard()
    assert (tmp_path / "ab" / "stored").read_bytes() == b"abcdef"
    assert list((tmp_path / "incoming").iterdir()) == []


def test_a_file_is_discarded_at_any_time_and_again(tmp_path):
    receiving = Receiving(tmp_path)
    receiving.write(b"abc")
    receiving.discard()
    receiving.discard()
    assert list(tmp_path.iterdir()) == []
