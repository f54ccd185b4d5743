"""Exceptions raised through several frames and caught; the work is in handlers and in `finally`."""

import time

from truth import goes_on, spent, tell


def spin(until):
    while time.perf_counter() < until:
        pass


def fails(depth):
    if depth == 0:
        raise ValueError
    fails(depth - 1)


def handler():
    try:
        fails(5)
    except ValueError:
        until = time.perf_counter() + 0.006
        while time.perf_counter() < until:  # handling
            pass


def cleanup():
    try:
        try:
            fails(5)
        finally:
            until = time.perf_counter() + 0.012
            while time.perf_counter() < until:
                pass
    except ValueError:
        pass


while goes_on():
    with spent("handler"):
        handler()
    with spent("cleanup"):
        cleanup()
    with spent("spin"):
        spin(time.perf_counter() + 0.004)
tell()
