"""The doorbell: tells the workers that there is work, without ever keeping anybody waiting.

A thread of each process rings, so that a broker that is away or hangs costs a page nothing. Many rings within a
moment are one: a message carries nothing. What is not heard is found by the sweeper.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time

from celery import current_app

logger = logging.getLogger(__name__)

TASK = "recommendations.jobs.run_due"
# Whoever asks for many things rings a few times, not once for each.
PAUSE = 0.2
# At its end a process waits for so long for its last ring to go out.
LAST_RING_WITHIN = 2.0


class Bell:
    """Rings from a thread of its own, started with the first ring."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.quiet = threading.Event()
        self.quiet.set()
        self.starting = threading.Lock()
        self.process = 0

    def ring(self) -> None:
        """Have the workers look; returns at once, whatever the broker does."""
        self.quiet.clear()
        self.asked.set()
        if self.process != os.getpid():
            with self.starting:
                # A forked process has none of its parent's threads.
                if self.process != os.getpid():
                    self.process = os.getpid()
                    threading.Thread(target=self._listen, daemon=True, name="bell").start()

    def wait_until_quiet(self, within: float) -> bool:
        """Wait for a ring under way; whether it went out (or failed) in time."""
        return self.quiet.wait(within)

    def _listen(self) -> None:
        while self.asked.wait():
            self.asked.clear()
            send()
            time.sleep(PAUSE)
            if not self.asked.is_set():
                self.quiet.set()


def send(task: str = TASK, *, expires: float = 60) -> bool:
    """Send one ring, here and now; a broker that does not take it is only noted. Returns whether it was taken.

    Each goes over a connection of its own: one that is kept stays broken after its broker was away.
    """
    try:
        with current_app.connection_for_write() as connection:
            current_app.send_task(
                task, connection=connection, retry=False, ignore_result=True, expires=expires
            )
    except Exception as fault:  # whatever a broker's client raises: the job is safe in the table
        logger.warning("the broker does not take the ring for %s: %s", task, type(fault).__name__)
        return False
    return True


bell = Bell()


def ring() -> None:
    """Tell the workers that there is work; a broker that does not answer must not harm the page."""
    bell.ring()


@atexit.register
def _last_ring() -> None:
    if bell.process == os.getpid():
        bell.wait_until_quiet(LAST_RING_WITHIN)
