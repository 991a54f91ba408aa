"""A process of its own that writes one row ten times a second until a line arrives, and tells its longest wait."""

from __future__ import annotations

import json
import select
import sys
import time

import django

django.setup()

from django.db import transaction

from recommendations.organisations.models import Organisation


def main() -> None:
    """Write, wait, write."""
    row = Organisation.objects.get(short_name="BENCH")
    longest = 0.0
    print("begun", flush=True)
    while not select.select([sys.stdin], [], [], 0.1)[0]:
        began = time.perf_counter()
        with transaction.atomic():
            Organisation.objects.filter(pk=row.pk).update(short_name="BENCH")
        longest = max(longest, time.perf_counter() - began)
    print(json.dumps({"longest": longest}))


if __name__ == "__main__":
    main()
