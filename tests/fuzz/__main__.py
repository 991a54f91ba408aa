"""``make fuzz-uploads``: 5,000 mutated uploads, and what came of them."""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
MOST_MB = 512


def one(number: int) -> tuple[int, Counter[str], str]:
    """What came of a mutant, and the fault where there is one."""
    from tests.fuzz.road import go

    try:
        return number, go(number), ""
    except Exception as fault:  # whatever it is, it is what is looked for
        return number, Counter(), f"{type(fault).__name__}: {fault}"


def memory_mb() -> tuple[int, int]:
    """The most memory that this process and any child of it held, in megabytes."""
    return tuple(  # type: ignore[return-value]
        resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )


def main() -> int:
    """Sends the mutants and prints the counts; 1 where a fault was met or the memory was too much."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args()
    django.setup()
    total: Counter[str] = Counter()
    faults, began, most, done = [], time.monotonic(), (0, 0), 0
    with ProcessPoolExecutor(chosen.processes, initializer=django.setup) as pool:
        numbers = range(chosen.first, chosen.first + chosen.count)
        for number, outcome, fault in pool.map(one, numbers, chunksize=5):
            total += outcome
            done += 1
            if fault:
                faults.append((number, fault))
                print(f"mutant {number}: {fault}", flush=True)
            if done % 250 == 0:
                print(f"{done} of {chosen.count}, {len(faults)} faults", flush=True)
        most = tuple(map(max, zip(*pool.map(_memory, range(chosen.processes * 4)), strict=True)))  # type: ignore[assignment]
    for what, count in sorted(total.items()):
        print(f"{count:6}  {what}")
    print(f"{done} mutants in {time.monotonic() - began:.0f} s, {len(faults)} faults")
    print(f"memory: {most[0]} MB in the process that asks, {most[1]} MB in the child that opens the file")
    return 1 if faults or max(most) > MOST_MB else 0


def _memory(_number: int) -> tuple[int, int]:
    time.sleep(0.05)  # so that each process of the pool is asked
    return memory_mb()


if __name__ == "__main__":
    sys.exit(main())
