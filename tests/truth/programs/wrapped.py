"""Decorators, lambdas, comprehensions and callbacks from C."""

import functools
import time

from truth import goes_on, spent, tell


def through(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args)

    return wrapper


@through
@through
def decorated(until):
    while time.perf_counter() < until:
        pass


def busy(value, seconds):
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass
    return value


def callback(value):
    until = time.perf_counter() + 0.001
    while time.perf_counter() < until:
        pass
    return -value


square = lambda values: sum(value * value for value in values) + sum(range(40_000))  # noqa: E731  # lambda


def comprehension():
    return [busy(value, 0.002) for value in range(3)]  # comprehension


while goes_on():
    with spent("decorated"):
        decorated(time.perf_counter() + 0.006)
    with spent("callback"):
        sorted(range(8), key=callback)
    with spent("busy"):
        comprehension()
tell()
