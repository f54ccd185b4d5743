"""Work and sleep by turns, in the main thread: waiting is where the time goes, too."""

import time

from truth import goes_on, spent, tell


def work(until):
    while time.perf_counter() < until:
        pass


def nap(seconds):
    time.sleep(seconds)  # nap


while goes_on():
    with spent("work"):
        work(time.perf_counter() + 0.012)
    with spent("nap", "#nap"):
        nap(0.008)
tell()
