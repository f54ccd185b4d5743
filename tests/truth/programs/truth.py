"""What the programs of this folder say of themselves at their end: where their time truly went.

`spent` adds the wall time of a block to a name; a name is a function's, or, with a `#`, the marker in a line's comment.
A block takes milliseconds, so that keeping the account takes nothing.
"""

import json
import sys
import time
from collections import defaultdict
from contextlib import contextmanager

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 4.0
account = defaultdict(float)
began = time.perf_counter()


@contextmanager
def spent(*names):
    start = time.perf_counter()
    try:
        yield
    finally:
        took = time.perf_counter() - start
        for name in names:
            account[name] += took


def goes_on():
    return time.perf_counter() - began < SECONDS


def tell(total=None):
    account["total"] = time.perf_counter() - began if total is None else total
    print(json.dumps(account))
