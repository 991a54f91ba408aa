"""How an upload comes in: hashed and sealed into the vault's folder piece by piece, before anything else touches it.

Django's own handlers would keep the bytes in memory or spool them elsewhere, in clear. A file that is too large
or does not fit the disk is dropped at once and noted, so that the rest of the form (what was typed) still arrives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import IO, Any, NoReturn

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from recommendations.access import policy
from recommendations.evidence import secrecy, store, vault
from recommendations.evidence.store import Incoming
from recommendations.formats.problems import FileProblem
from recommendations.formats.sealing import KeyMissing

View = Callable[..., HttpResponseBase]

MEBIBYTE = 1024 * 1024
MOST_FILES = 10
FORM_BYTES = 6 * MEBIBYTE  # what a form's text and the envelope may take beside its files


class ReceivedFile(UploadedFile):
    """An upload that lies whole on the disk, sealed and hidden; gone when the request ends unless the vault took it."""

    def __init__(self, receiving: Incoming, *, name: str, content_type: str | None) -> None:
        self.receiving = receiving
        super().__init__(None, name, content_type, receiving.size)

    def open(self, mode: str | None = None, *_arguments: Any, **_named: Any) -> ReceivedFile:
        """The bytes as they came."""
        # What is sealed is read from front to end: each time anew.
        if self.file is not None:
            self.file.close()
        self.file: IO[bytes] | None = self.receiving.open()
        return self

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """The bytes as they came, in pieces."""
        with self.receiving.open() as stream:
            while piece := stream.read(chunk_size or self.DEFAULT_CHUNK_SIZE):
                yield piece

    def close(self) -> None:
        """Let go of the bytes; Django calls this for every upload when the request ends."""
        if self.file is not None:
            self.file.close()
        self.receiving.discard()


class VaultUploadHandler(FileUploadHandler):
    """Writes each file of a request into the vault's folder; ``problems`` tells which were dropped and why."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.problems: list[str] = []
        self.count = 0
        self.receiving: Incoming | None = None
        self.received: list[Incoming] = []

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin the next file."""
        super().new_file(*args, **kwargs)
        self.receiving = None
        self.count += 1
        if self.count > MOST_FILES:
            self._drop(_("No more than %(most)s files at once.") % {"most": MOST_FILES})
        try:
            self.receiving = store.incoming(most_bytes=settings.UPLOAD_MAX_MB * MEBIBYTE)
        except FileProblem as problem:
            self._drop(str(problem))
        except KeyMissing:
            self._drop(secrecy.without_key())
        self.received.append(self.receiving)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take a piece; what does not fit drops the file."""
        assert self.receiving is not None
        try:
            self.receiving.write(raw_data)
        except FileProblem as problem:
            self._drop(str(problem))

    def file_complete(self, file_size: int) -> ReceivedFile | None:
        """The whole file, on the disk."""
        receiving, self.receiving = self.receiving, None
        assert receiving is not None
        try:
            receiving.complete()
        except FileProblem as problem:
            receiving.discard()
            self._note(str(problem))
            return None
        return ReceivedFile(receiving, name=self.file_name or "", content_type=self.content_type)

    def upload_interrupted(self) -> None:
        """The request ended within a file; Django says so, too, where the last file was dropped."""
        if self.receiving is not None:
            self.receiving.discard()
            self._note(_("The connection broke before all of it had come. Please send it again."))

    def discard(self) -> None:
        """Leave nothing of this request's files but what the vault took."""
        for receiving in self.received:
            receiving.discard()

    def _note(self, reason: str) -> None:
        self.problems.append(f"{vault.shown_name(self.file_name or '')}: {reason}")

    def _drop(self, reason: str) -> NoReturn:
        if self.receiving is not None:
            self.receiving.discard()
            self.receiving = None
        self._note(reason)
        raise SkipFile


def announces_too_much(request: HttpRequest) -> bool:
    """Whether the request announces more bytes than all its files together may have: then none is read."""
    try:
        announced = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return True
    return announced > MOST_FILES * settings.UPLOAD_MAX_MB * MEBIBYTE + FORM_BYTES


def receives_files(act: str) -> Callable[[View], View]:
    """Marks a view whose POST may carry files: they go into the vault's folder, and what it does not take is gone.

    Nothing is read of a request whose sender may not do ``act`` or that announces too much. The view finds the
    sentences about dropped files in ``request.upload_problems``.
    """

    def wrap(view: View) -> View:
        checked = csrf_protect(view)

        # Django's CSRF check reads the POST, and with it the files, before a view could choose who receives them:
        # so it is put off until the handler stands, not left out.
        @csrf_exempt
        @wraps(view)
        def receiving(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            policy.require(request.user, act)
            if announces_too_much(request):
                context = {"most": settings.UPLOAD_MAX_MB, "files": MOST_FILES}
                return render(request, "evidence/too_large.html", context, status=413)
            if request.method == "POST":
                vault.tidy()
            handler = VaultUploadHandler(request)
            request.upload_handlers = [handler]
            request.upload_problems = handler.problems  # type: ignore[attr-defined]
            try:
                return checked(request, *args, **kwargs)
            finally:
                handler.discard()

        return receiving

    return wrap
