"""Three loops that take 70, 20 and 10 % of the time."""

import time

from truth import goes_on, spent, tell


def heavy(until):
    while time.perf_counter() < until:
        pass


def medium(until):
    while time.perf_counter() < until:
        pass


def light(until):
    while time.perf_counter() < until:
        pass


while goes_on():
    for function, seconds in ((heavy, 0.014), (medium, 0.004), (light, 0.002)):
        with spent(function.__name__):
            function(time.perf_counter() + seconds)
tell()
