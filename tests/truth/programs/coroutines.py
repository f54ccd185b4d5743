"""Tasks that work and wait by turns; while all wait, the event loop does."""

import asyncio
import time

from truth import goes_on, spent, tell


async def crunches():
    while goes_on():
        with spent("busy_long"):
            busy_long(time.perf_counter() + 0.008)
        await asyncio.sleep(0.01)


async def nibbles():
    while goes_on():
        with spent("busy_short"):
            busy_short(time.perf_counter() + 0.003)
        await asyncio.sleep(0.01)


def busy_long(until):
    while time.perf_counter() < until:
        pass


def busy_short(until):
    while time.perf_counter() < until:
        pass


async def main():
    await asyncio.gather(crunches(), nibbles())


asyncio.run(main())
tell()
