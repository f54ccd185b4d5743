"""One function, one tight loop: the longest Collatz sequence below a limit. `lines.py [LIMIT]` (default 150000).

The worst case for a profiler that pays for every line, and for one that cannot tell lines of a loop apart.
"""

from __future__ import annotations

import sys


def longest_sequence(limit: int) -> tuple[int, int]:
    """The start below `limit` whose sequence takes most steps to reach 1, and how many."""
    longest = best = 0
    for start in range(1, limit):
        number = start
        steps = 0
        while number != 1:
            if number % 2:
                number = 3 * number + 1
            else:
                number //= 2
            steps += 1
        if steps > longest:
            longest, best = steps, start
    return best, longest


if __name__ == "__main__":
    print(longest_sequence(int(sys.argv[1]) if len(sys.argv) > 1 else 150_000))
