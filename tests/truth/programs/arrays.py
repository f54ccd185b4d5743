"""Calls into NumPy, each of which takes milliseconds in C."""

# ruff: noqa: I001
from truth import goes_on, spent, tell  # first: its clock begins, and the import of NumPy counts

import numpy as np

values = np.random.default_rng(1).random(1_000_000)
out = np.empty_like(values)


def sines():
    np.sin(values, out=out)  # sines


def powers():
    np.power(values, 1.5, out=out)  # powers


def roots():
    np.sqrt(values, out=out)  # roots


while goes_on():
    for function, times in ((sines, 2), (powers, 1), (roots, 4)):
        for _ in range(times):
            with spent(function.__name__, f"#{function.__name__}"):
                function()
tell()
