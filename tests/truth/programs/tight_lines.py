# ruff: noqa: E702
"""A tight loop whose lines do one, two and four times the same work: known without a clock."""

import time

from truth import SECONDS, account, tell


def loop(until):
    x = 1
    while time.perf_counter() < until:
        for _ in range(2_000):
            # fmt: off
            x = x * 5 & 0xFFFF  # one
            x = x * 5 & 0xFFFF; x = x * 5 & 0xFFFF  # two
            x = x * 5 & 0xFFFF; x = x * 5 & 0xFFFF; x = x * 5 & 0xFFFF; x = x * 5 & 0xFFFF  # four
            # fmt: on
    return x


loop(time.perf_counter() + SECONDS)
account.update({"#one": 1.0, "#two": 2.0, "#four": 4.0})
tell(total=7.0)
