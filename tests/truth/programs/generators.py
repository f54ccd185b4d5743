"""Generators whose bodies do the work while others ask for it."""

import time

from truth import goes_on, spent, tell


def outer(count):
    for value in inner(count):
        until = time.perf_counter() + 0.003
        while time.perf_counter() < until:
            pass
        yield value


def inner(count):
    for value in range(count):
        until = time.perf_counter() + 0.007
        while time.perf_counter() < until:
            pass
        yield value


def account_of(generator, name):
    while True:
        with spent(name):
            try:
                value = next(generator)
            except StopIteration:
                return
        yield value


inner = (lambda plain: lambda count: account_of(plain(count), "inner"))(inner)
while goes_on():
    with spent("both"):
        for _ in outer(3):
            pass
from truth import account  # noqa: E402

account["outer"] = account.pop("both") - account["inner"]
tell()
