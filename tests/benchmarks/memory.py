"""How much memory this process takes while it works."""

from __future__ import annotations

import threading
from pathlib import Path

_STATUS = Path("/proc/self/status")


def own_megabytes() -> float:
    """What belongs to this process alone; pages of the database's file, which the system lends, do not count."""
    for line in _STATUS.read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) / 1024
    return 0.0


class Peak:
    """The most memory within a ``with`` block (``most``), and at its beginning (``before``), looked at every 20 ms."""

    def __enter__(self) -> Peak:
        self.before = self.most = own_megabytes()
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._over.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._over.wait(0.02):
            self.most = max(self.most, own_megabytes())
