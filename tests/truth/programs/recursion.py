"""A recursion of 100 calls that works at its bottom, and a little on the way."""

import sys
import time

from truth import goes_on, spent, tell

sys.setrecursionlimit(5000)


def deep(depth):
    if depth:
        return deep(depth - 1)
    return bottom(time.perf_counter() + 0.015)


def bottom(until):
    while time.perf_counter() < until:
        pass


def shallow(until):
    while time.perf_counter() < until:
        pass


while goes_on():
    with spent("bottom"):
        deep(100)
    with spent("shallow"):
        shallow(time.perf_counter() + 0.005)
tell()
