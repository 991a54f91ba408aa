import io
import os

import pytest

from recommendations.formats import sandbox


def test_a_child_knows_no_secret_and_may_write_no_file(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "very secret")
    found = sandbox.run(
        "tests.formats.probe:surroundings", io.BytesIO(b"content"), path=str(tmp_path / "out")
    )
    assert "very secret" not in repr(found["environment"])
    assert found["content"] == "content"
    assert found["written"] is False
    assert found["django"] is False


@pytest.mark.parametrize("how", ["memory", "time", "crash"])
def test_each_way_to_die_is_told_apart(how):
    with pytest.raises(sandbox.Died) as died:
        sandbox.run(
            "tests.formats.probe:die",
            io.BytesIO(b""),
            limits=sandbox.Limits(memory=50 * 1024 * 1024, seconds=1),
            how=how,
        )
    assert died.value.reason == how


def test_a_refusal_comes_with_its_values():
    with pytest.raises(sandbox.Refused) as refused:
        sandbox.run("tests.formats.probe:refuse", io.BytesIO(b""))
    assert (refused.value.code, refused.value.values) == ("no", {"count": 3})


def test_closing_the_stream_ends_the_child_and_leaves_no_zombie():
    values = sandbox.stream("tests.formats.probe:endless", io.BytesIO(b""))
    child = next(values)["pid"]
    values.close()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_a_library_that_prints_does_not_disturb_the_answers():
    assert sandbox.run("tests.formats.probe:chatty", io.BytesIO(b"")) == "answer"


def test_a_file_is_read_from_its_start_wherever_it_stands(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"content")
    with path.open("rb") as opened:
        opened.read(3)
        assert (
            sandbox.run("tests.formats.probe:surroundings", opened, path="/nowhere")["content"] == "content"
        )
    assert sandbox.run("tests.formats.probe:surroundings", path, path="/nowhere")["content"] == "content"
