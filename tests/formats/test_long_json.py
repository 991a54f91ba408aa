"""JSON of any length is read object by object; what is wrong with it is told, with the number of the object."""

import io
import json
import tracemalloc

import pytest

from recommendations.formats.jsonstream import LONGEST, objects
from recommendations.formats.problems import FileProblem


def read(content: bytes | str) -> list:
    if isinstance(content, str):
        content = content.encode()
    return list(objects(io.BytesIO(content)))


@pytest.mark.parametrize(
    "content",
    [
        '[{"a": 1}, {"a": 2}]',
        '  [ {"a" : 1} ,\n{"a":2} ]\n',
        '{"a": 1}\n{"a": 2}\n',
        '{"a": 1},\n{"a": 2}',
        '\ufeff[{"a": 1}, {"a": 2}]',
        '[{"a": 1}, {"a": 2}]'.encode("utf-16"),
        '[{"a": 1}, {"a": 2}]'.encode("utf-16-le"),
    ],
)
def test_lists_and_objects_in_lines_are_read(content):
    assert read(content) == [(1, {"a": 1}), (2, {"a": 2})]


def test_signs_of_several_bytes_may_lie_across_the_pieces_that_are_read():
    rows = [{"text": "Қазақстан “…” 🙂 " * 997} for _ in range(200)]
    content = json.dumps(rows, ensure_ascii=False)
    assert len(content.encode()) > 3_000_000
    assert [row for _number, row in read(content)] == rows


def test_an_empty_list_holds_nothing():
    assert read("[]") == []


def test_progress_is_told_in_bytes():
    told = []
    content = json.dumps([{"a": "x" * 1000}] * 2000).encode()
    assert sum(1 for _ in objects(io.BytesIO(content), progress=told.append)) == 2000
    assert told == sorted(told)
    assert len(told) > 5
    assert told[-1] == len(content)


@pytest.mark.parametrize(
    ("content", "row", "words"),
    [
        ("", None, "empty"),
        ("   ", None, "empty"),
        ("null", None, "list of records"),
        ('"text"', None, "list of records"),
        ("<html>", None, "list of records"),
        ("[1, 2]", 1, "Expected an object"),
        ('[{"a": 1}, null]', 2, "Expected an object"),
        ('[{"a": 1}, [{"a": 2}]]', 2, "Expected an object"),
        ('[{"a": 1} {"a": 2}]', 2, "no comma"),
        ('[{"a": 1}, {"a": 2}', 2, "cut off"),
        ('[{"a": 1}, {"a": "te', 2, "cut off"),
        ('[{"a": 1},', 2, "cut off"),
        ('[{"a": 1}, {"a": tru', 2, "cut off"),
        ('[{"a": 1}, {"a" 2, "b": "a long text that follows"}]', 2, "no valid JSON"),
        ("[{'a': 1, 'b': 'a long text that follows'}]", 1, "no valid JSON"),
        ('[{"a": NaN}]', 1, "NaN"),
        ('[{"a": -Infinity}]', 1, "Infinity"),
        ('[{"a": 1, "a": 2}]', 1, "“a” twice"),
        ('[{"b": {"a": 1, "a": 2}}]', 1, "“a” twice"),
        ('[{"a": 1}] [{"a": 2}]', None, "behind the list's end"),
        ('[{"a": ' + "[" * 200_000, 1, "nested too deeply"),
        ('[{"a": "' + "x" * 10_000_000 + '"}]', 1, "more than 4000000 characters"),
        ('[{"a": "' + "x" * 10_000_000, 1, "more than 4000000 characters"),
        (b'[{"a": "\xff\xfe"}]', None, "UTF-8"),
        ('[{"a": "Invent\u00e9"}]'.encode("cp1252"), None, "UTF-8"),
        (b"[\x00\x01\x02\x03\x00\x00\x00" * 50, None, "no text"),
    ],
)
def test_what_is_wrong_is_a_sentence_with_its_place(content, row, words):
    with pytest.raises(FileProblem) as told:
        read(content)
    assert words in told.value.message
    assert told.value.row == row


def test_endless_figures_are_read_as_text():
    [(_number, found)] = read('[{"a": ' + "9" * 100_000 + "}]")
    assert found["a"] == "9" * 100


def test_memory_stays_flat_however_long_the_list():
    class Endless(io.RawIOBase):
        """A list of so many objects, made while it is read."""

        def __init__(self, count):
            self.left, self.rest = count, b"["

        def readable(self):
            return True

        def seek(self, *_place):
            return 0

        def read(self, size=-1):
            while len(self.rest) < size and self.left:
                self.left -= 1
                self.rest += b'{"a": "' + b"x" * 1000 + (b'"},' if self.left else b'"}]')
            given, self.rest = self.rest[:size], self.rest[size:]
            return given

    peaks = []
    for count in (1000, 20_000):
        tracemalloc.start()
        assert sum(1 for _ in objects(Endless(count))) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 200_000
    assert peaks[1] < LONGEST
