"""Runs a parser in a child process that may die in our place: limited memory, time and rights.

A parser is a module-level generator function in ``formats.parsers`` that takes an open file and keyword arguments
and yields values that JSON can hold. It says no by raising ``Refused``. The child gets the file as its standard
input, an empty environment (no secret, no database address) and may write to no file. What it sends back is JSON,
never pickle: a parser taken over by its input cannot take us over.

This module is imported by the child as well and so knows no Django.
"""

import contextlib
import fcntl
import importlib
import io
import json
import os
import resource
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

_ROOT = Path(__file__).resolve().parents[2]
_START = "import sys; sys.path.insert(0, sys.argv[1]); from recommendations.formats import sandbox; sandbox.child()"
_LONGEST_FRAME = 64 * 1024 * 1024
_MEBIBYTE = 1024 * 1024


class Refused(Exception):
    """The parser's own no: a ``code`` that the caller turns into a sentence, with the values it needs."""

    def __init__(self, code: str, **values: Any):
        super().__init__(code)
        self.code = code
        self.values = values


class Died(Exception):
    """The child ended without an answer. ``reason`` is "memory", "time" or "crash"."""

    def __init__(self, reason: str, detail: str = ""):
        super().__init__(reason, detail)
        self.reason = reason


@dataclass(frozen=True)
class Limits:
    """What a child may use. ``seconds`` bounds its processor time and, apart, how long we wait for it."""

    memory: int = 512 * _MEBIBYTE
    seconds: int = 20


def run(parser: str, source: Path | IO[bytes], *, limits: Limits = Limits(), **arguments: Any) -> Any:
    """The first value of ``parser`` ("package.module:function"), or None.

    Raises ``Refused`` and ``Died``.
    """
    with contextlib.closing(stream(parser, source, limits=limits, **arguments)) as values:
        return next(values, None)


def stream(
    parser: str, source: Path | IO[bytes], *, limits: Limits = Limits(), **arguments: Any
) -> Generator[Any, None, None]:
    """Yields what ``parser`` yields, as it comes; closing the generator ends the child.

    ``source`` is a path or an open binary file; what has no file descriptor is copied to memory that the child can
    seek in. Raises ``Refused`` and ``Died``.
    """
    request = {
        "parser": parser,
        "arguments": arguments,
        "memory": limits.memory,
        "seconds": limits.seconds,
    }
    with _as_descriptor(source) as descriptor:
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", _START, str(_ROOT), json.dumps(request)],
            stdin=descriptor,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"LANG": "C.UTF-8"},
            cwd="/",
        )
    try:
        yield from _answers(process, limits)
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


def _answers(process: subprocess.Popen[bytes], limits: Limits) -> Iterator[Any]:
    assert process.stdout is not None
    assert process.stderr is not None
    output, errors = process.stdout.fileno(), process.stderr.fileno()
    complaint = b""
    rest: list[bytes] = []
    waited = 0.0
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        selector.register(errors, selectors.EVENT_READ)
        while selector.get_map():
            began = time.monotonic()
            # Only our waiting counts: a caller who takes minutes over a row does not kill the child.
            ready = selector.select(timeout=max(0.0, limits.seconds * 1.5 - waited))
            waited += time.monotonic() - began
            if not ready:
                raise Died("time")
            for key, _ in ready:
                chunk = os.read(key.fd, _MEBIBYTE)
                if not chunk:
                    selector.unregister(key.fd)
                elif key.fd == errors:
                    complaint = (complaint + chunk)[-2000:]
                else:
                    *frames, last = chunk.split(b"\n")
                    if frames:
                        frames[0] = b"".join([*rest, frames[0]])
                        rest = []
                    rest.append(last)
                    if sum(map(len, rest)) > _LONGEST_FRAME:
                        raise Died("memory")
                    for frame in frames:
                        answer = _decode(frame)
                        if "end" in answer:
                            return
                        yield answer["value"]
    raise _death(process.wait(), complaint)


def _decode(frame: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(frame)
    except ValueError:
        raise Died("crash", "an answer that is no JSON") from None
    if "refused" in answer:
        raise Refused(answer["refused"], **answer["values"])
    if "died" in answer:
        raise Died(answer["died"], answer["detail"])
    return answer


def _death(status: int, complaint: bytes) -> Died:
    detail = complaint.decode("utf-8", "replace")
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        return Died("time", detail)
    # Rust and C++ say so on standard error and abort.
    if "memory allocation" in detail or "bad_alloc" in detail or "MemoryError" in detail:
        return Died("memory", detail)
    return Died("crash", detail)


@contextlib.contextmanager
def _as_descriptor(source: Path | IO[bytes]) -> Iterator[int]:
    if isinstance(source, Path):
        with source.open("rb") as opened:
            yield opened.fileno()
        return
    try:
        descriptor = source.fileno()
    except (AttributeError, OSError, io.UnsupportedOperation):
        with in_memory(source) as copy:
            yield copy.fileno()
        return
    source.seek(0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    yield descriptor


@contextlib.contextmanager
def in_memory(source: IO[bytes]) -> Iterator[IO[bytes]]:
    """A copy of an open file in memory that no disk sees (Linux), to be read and sought in by any number of children.

    Nobody can change it.
    """
    with _anonymous() as copy:
        if source.seekable():
            source.seek(0)
        shutil.copyfileobj(source, copy, _MEBIBYTE)
        copy.flush()
        if hasattr(os, "memfd_create"):
            seals = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
            fcntl.fcntl(copy.fileno(), fcntl.F_ADD_SEALS, seals)
        copy.seek(0)
        yield copy


def _anonymous() -> IO[bytes]:
    if hasattr(os, "memfd_create"):
        flags = os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING
        return os.fdopen(os.memfd_create("received", flags), "w+b")
    return tempfile.TemporaryFile()  # a system without it is no place for a production site


def child() -> None:
    """The child's whole life: limits first, then the parser, each of its values one line of JSON."""
    request = json.loads(sys.argv[2])
    answers = os.fdopen(os.dup(1), "wb", buffering=256 * 1024)
    os.dup2(2, 1)  # a library that prints must not disturb the answers
    module_name, function_name = request["parser"].split(":")
    parser = getattr(importlib.import_module(module_name), function_name)
    _limit(request["memory"], request["seconds"])
    try:
        with open(0, "rb", closefd=False) as source:
            for value in parser(source, **request["arguments"]):
                _send(answers, {"value": value})
        _send(answers, {"end": True})
    except Refused as refusal:
        _send(answers, {"refused": refusal.code, "values": refusal.values})
    except MemoryError:
        _send(answers, {"died": "memory", "detail": ""})
    except RecursionError:
        _send(answers, {"died": "crash", "detail": "nested too deeply"})
    except BrokenPipeError:
        pass
    except Exception as error:
        _send(answers, {"died": "crash", "detail": repr(error)[:500]})
    with contextlib.suppress(BrokenPipeError):
        answers.flush()
    os._exit(0)  # whatever the parser left behind needs no tidying


def _send(answers: IO[bytes], frame: dict[str, Any]) -> None:
    answers.write(json.dumps(frame, ensure_ascii=True, separators=(",", ":")).encode())
    answers.write(b"\n")


def _limit(memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    # What Python and the parser's libraries have mapped already does not count against the file.
    used = (
        int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE") if _HAS_PROC else 0
    )
    resource.setrlimit(resource.RLIMIT_AS, (used + memory, used + memory))


_HAS_PROC = Path("/proc/self/statm").exists()
