"""Nothing but calls: the Fibonacci numbers by their definition. `calls.py [N]` computes the N-th (default 33).

The worst case for a profiler that pays for every call.
"""

from __future__ import annotations

import sys


def fibonacci(n: int) -> int:
    if n < 2:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)


if __name__ == "__main__":
    print(fibonacci(int(sys.argv[1]) if len(sys.argv) > 1 else 33))
