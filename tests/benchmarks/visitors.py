"""The people of `crowd.py`, each with a connection of its own: a process without Django that only asks and waits."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from typing import Any

SECONDS_LONG = 20
WARM_SECONDS = 4


async def _person(port: int, session: str, addresses: list[str], until: float, told: dict[str, Any]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    place = 0
    while time.monotonic() < until:
        address = addresses[place % len(addresses)]
        place += 1
        began = time.monotonic()
        writer.write(
            f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {told['cookie']}={session}\r\n"
            "Accept-Encoding: gzip\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        await reader.readexactly(int(length[1]) if length else 0)
        ended = time.monotonic()
        if began >= told["from"]:
            told["taken"].append((ended - began) * 1000)
            told["failed"] += not (head.startswith(b"HTTP/1.1 200") and length)
    writer.close()


async def _crowd(plan: dict[str, Any]) -> dict[str, Any]:
    began = time.monotonic()
    told = {"taken": [], "failed": 0, "from": began + WARM_SECONDS, "cookie": plan["cookie"]}
    addresses = plan["addresses"]
    until = began + WARM_SECONDS + SECONDS_LONG
    await asyncio.gather(
        *(
            _person(plan["port"], session, addresses[number * 5 :] + addresses[: number * 5], until, told)
            for number, session in enumerate(plan["sessions"])
        )
    )
    return {"taken": told["taken"], "failed": told["failed"], "seconds": SECONDS_LONG}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_crowd(json.load(sys.stdin)))))
