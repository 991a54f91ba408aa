"""Starts one part of the site in the foreground: ``python -m tracker.part web``, `worker1`, `worker2` or `beat`.

For deployments whose parts are kept running by something else than our own runner (compose.yaml, systemd): the
commands are the runner's, so that they cannot differ.
"""

import os
import sys

from tracker import runner, vault_key


def main(arguments: list[str]) -> int:
    """Become the process of that name."""
    parts = {process.name: process for process in runner.processes()}
    if len(arguments) != 1 or arguments[0] not in parts:
        print(f"Which part? One of: {', '.join(parts)}.", file=sys.stderr)
        return 2
    if missing := vault_key.missing():
        print(missing, file=sys.stderr)
        return 1
    chosen = parts[arguments[0]]
    os.execve(chosen.command[0], list(chosen.command), {**os.environ, **chosen.extra})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
