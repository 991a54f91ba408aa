"""Runs the site for the browser tests: everything but the clock, whose work a test starts itself."""

import sys

from tracker.runner import Process, Runner, processes


class ClocklessRunner(Runner):
    def processes(self) -> list[Process]:
        return [process for process in processes() if process.name != "beat"]


if __name__ == "__main__":
    sys.exit(ClocklessRunner().run())
