"""An import from beginning to end: the file received, the run planned, confirmed, applied, or given up."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from recommendations.audit.log import record
from recommendations.catalogue.models import SourceFile, State
from recommendations.catalogue.received import folder, path_of
from recommendations.imports import apply, bulk
from recommendations.imports.models import ImportRow, ImportRun
from recommendations.imports.plan import make_plan
from recommendations.jobs import queue
from recommendations.vocabulary import ImportAction, ImportDecision, ImportState, JobState

# Files up to this size are read and applied while the person waits; larger ones in the background.
AT_ONCE = 512 * 1024
# The whole export of OHCHR's index has 360 MB, and grows.
MOST_BYTES = 600 * 1024 * 1024

UNDER_WAY = (ImportState.READING, ImportState.APPLYING, ImportState.TAKING_BACK)


class NotPossible(Exception):
    """The run is not where this can be done; the message says why, for the person."""


def receive_file(chunks: Iterable[bytes], *, name: str, by: Any) -> SourceFile:
    """Keep the bytes under their hash, counted while they arrive; the same bytes are kept once.

    Raises ``NotPossible`` for a file that is too large or has nothing in it.
    """
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    descriptor, temporary = tempfile.mkstemp(dir=folder(), prefix="part-")
    try:
        with os.fdopen(descriptor, "wb") as target:
            for chunk in chunks:
                size += len(chunk)
                if size > MOST_BYTES:
                    raise NotPossible(
                        _("The file is larger than %(most)s MB. Send it in parts.")
                        % {"most": MOST_BYTES // 1024 // 1024}
                    )
                digest.update(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        if not size:
            raise NotPossible(_("The file is empty."))
        sha256 = digest.hexdigest()
        os.replace(temporary, folder() / sha256)
    except OSError as fault:
        raise NotPossible(_("The file could not be kept: the disk is full or not writable.")) from fault
    finally:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
    file, _new = SourceFile.objects.get_or_create(
        sha256=sha256, defaults={"name": name[:255], "size": size, "stored_as": sha256, "received_by": by}
    )
    if file.name != name[:255]:
        # The same bytes under another name: people look for the name they sent last.
        SourceFile.objects.filter(pk=file.pk).update(name=name[:255])
        file.name = name[:255]
    return file


@transaction.atomic
def start(
    *,
    file: SourceFile,
    state: State | None,
    by: Any,
    chosen_format: str = "",
    answers: dict[str, Any] | None = None,
) -> ImportRun:
    """Ask for a file to be read; ``state`` is the one it is about, None for a file on several States.

    ``chosen_format`` is a reader's code where a person does not leave it to the content; ``answers`` are those that
    were given when the same file was read before.
    """
    run = ImportRun.objects.create(
        file=file,
        state=state,
        started_by=by,
        status=ImportState.READING,
        chosen_format=chosen_format,
        answers=answers or {},
    )
    run.job = queue.enqueue("import.plan", {"run": run.pk}, key=f"import.plan:{run.pk}", by=by)
    run.save(update_fields=["job"])
    return run


def plan_anew(run: ImportRun, *, answers: dict[str, Any], by: Any) -> ImportRun:
    """Ask for the run's file to be read again with these answers; call it in the transaction that holds the run."""
    made = run.job_id or 0
    run.answers, run.status = answers, ImportState.READING
    run.job = queue.enqueue("import.plan", {"run": run.pk}, key=f"import.plan:{run.pk}:{made}", by=by)
    run.save(update_fields=["answers", "status", "job"])
    return run


def confirm(run: ImportRun, *, by: Any) -> ImportRun:
    """Ask for the plan to be applied as it was seen; of two confirmations the second is refused."""
    with transaction.atomic():
        if run.doubts and ImportRow.objects.filter(run=run, looked_at=False).exclude(doubts=[]).exists():
            raise NotPossible(_("Look at the rows under “To look at” first: their reading is not certain."))
        taken = ImportRun.objects.filter(pk=run.pk, status=ImportState.PLANNED).update(
            status=ImportState.APPLYING
        )
        if not taken:
            run.refresh_from_db()
            raise NotPossible(
                _("Nothing was done: this import is “%(status)s”.") % {"status": run.get_status_display()}
            )
        run.refresh_from_db()
        made = run.job_id or 0
        run.job = queue.enqueue("import.apply", {"run": run.pk}, key=f"import.apply:{run.pk}:{made}", by=by)
        run.save(update_fields=["job"])
    return run


@transaction.atomic
def discard(run: ImportRun, *, by: Any) -> None:
    """Give a plan up: its staged rows go, the run stays in the list."""
    waiting = (ImportState.PLANNED, ImportState.ASKING, ImportState.REFUSED, ImportState.INTERRUPTED)
    if not ImportRun.objects.filter(pk=run.pk, status__in=waiting).update(status=ImportState.DISCARDED):
        run.refresh_from_db()
        raise NotPossible(
            _("Nothing was done: this import is “%(status)s”.") % {"status": run.get_status_display()}
        )
    ImportRow.objects.filter(run=run).delete()
    run.refresh_from_db()
    record("import.discarded", run, by=by)


def decide(run: ImportRun, *, decisions: dict[int, str]) -> int:
    """Say for rows in conflict (by number) whose version stays; returns how many were set."""
    count = 0
    with transaction.atomic():
        # The run is locked so that nothing is decided on while it is applied.
        if not ImportRun.objects.select_for_update().filter(pk=run.pk, status=ImportState.PLANNED).exists():
            raise NotPossible(_("Nothing was done: this import no longer waits for confirmation."))
        for decision in ImportDecision.values:
            numbers = [number for number, wanted in decisions.items() if wanted == decision]
            count += ImportRow.objects.filter(
                run=run, action=ImportAction.CONFLICT, number__in=numbers
            ).update(decision=decision)
    return count


def again(run: ImportRun, *, by: Any) -> ImportRun:
    """Start an interrupted, refused or discarded import anew, as a run of its own over the same file."""
    if run.status in (*UNDER_WAY, ImportState.PLANNED, ImportState.ASKING):
        raise NotPossible(_("This import is still under way."))
    return start(file=run.file, state=run.state, by=by, chosen_format=run.chosen_format, answers=run.answers)


def do_plan(run: ImportRun, *, report: Any = None) -> ImportRun:
    """Read the run's file and stage its rows, holding the run so that others see it is alive."""
    with held(run):
        return make_plan(run, path_of(run.file), report=report)


def carry_out(run: ImportRun, *, by: Any, report: Any = None) -> bool:
    """Apply the plan of a run that was confirmed; False where it had become stale and was made anew.

    Each State is one transaction; the last one's holds the mark that all is done and the log's event. A plan made
    anew waits for a new confirmation: applying applies what was seen.
    """
    with held(run):
        codes = apply.states_of(run)
        total = ImportRow.objects.filter(run=run).count() if report else 0
        done = 0
        turns = bulk.Turns()

        def tell(rows: int) -> None:
            if report:
                report(done + rows, total)

        try:
            for code in codes[:-1]:
                done += apply.apply_state(run, code, tell=tell)
                turns.between()
            with transaction.atomic():
                for code in codes[-1:]:
                    apply.apply_state(run, code, tell=tell)
                apply.finish(run, by=by)
        except apply.PlanIsStale:
            note = _(
                "The catalogue changed after the plan was made. It was made anew: look at it again, please."
            )
            make_plan(run, path_of(run.file), report=report, note=note)
            return False
    return True


def finish_interrupted(runs: Iterable[ImportRun]) -> None:
    """Mark those of the runs interrupted that are under way by their status, but in nobody's hands.

    A job that waits or will be tried again is in the hands of the background worker. An import that was being taken
    back is what it was before: none of it has gone.
    """
    for run in runs:
        if run.status not in UNDER_WAY or (run.job is not None and not run.job.is_over) or is_held(run):
            continue
        ImportRun.objects.filter(pk=run.pk, status=run.status).update(status=_before(run))
        _lock_path(run).unlink(missing_ok=True)
        run.refresh_from_db()


def _before(run: ImportRun) -> str:
    is_applied = run.status == ImportState.TAKING_BACK and run.applied_at is not None
    return ImportState.APPLIED if is_applied else ImportState.INTERRUPTED


def failed(run: ImportRun) -> str:
    """Why the background work on the run failed, for the page; nothing where it did not."""
    return run.job.error if run.job is not None and run.job.state == JobState.FAILED else ""


def _lock_path(run: ImportRun) -> Path:
    return folder() / f"run-{run.pk}.lock"


@contextmanager
def held(run: ImportRun) -> Iterator[None]:
    """Hold the run while it is worked on; the system lets go of it when the process dies, however that happens."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    path = _lock_path(run)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotPossible(_("Another process works on this import.")) from None
        try:
            yield
        finally:
            with suppress(FileNotFoundError):
                path.unlink()


def tell_progress(run: ImportRun, done: int, total: int) -> None:
    """Say how far work in one long transaction is: beside the database, which shows nothing of it until the end."""
    _lock_path(run).write_text(f"{done} {total}")


def progress(run: ImportRun) -> tuple[int, int]:
    """What ``tell_progress`` said last: (done, of how many); zeros where it said nothing."""
    with suppress(FileNotFoundError, ValueError):
        done, total = _lock_path(run).read_text().split()
        return int(done), int(total)
    return 0, 0


def is_held(run: ImportRun) -> bool:
    """Whether some process works on the run now."""
    try:
        with _lock_path(run).open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
