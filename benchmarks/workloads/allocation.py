"""Memory: lists of dicts and of arrays, made and dropped. `allocation.py [ROUNDS]` (default 12)."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import numpy.typing as npt

RECORDS = 60_000
BLOCKS = 200
BLOCK_VALUES = 32_768
"""256 KiB of float64."""


def records(count: int) -> list[dict[str, Any]]:
    return [{"id": number, "flux": float(number), "tag": str(number)} for number in range(count)]


def blocks(count: int) -> list[npt.NDArray[np.float64]]:
    return [np.ones(BLOCK_VALUES) for _ in range(count)]


def made(rounds: int) -> int:
    """How many objects were made."""
    return sum(len(records(RECORDS)) + len(blocks(BLOCKS)) for _ in range(rounds))


if __name__ == "__main__":
    print(made(int(sys.argv[1]) if len(sys.argv) > 1 else 12))
