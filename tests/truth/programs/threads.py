"""Two threads that hash without the interpreter lock and rest in between; the main thread waits for them.

Of the workers what counts is their work; of the main thread its waiting counts.
"""

import hashlib
import threading
import time

from truth import goes_on, spent, tell

DATA = bytes(6_000_000)


def often():
    hashlib.sha256(DATA).digest()  # often


def seldom():
    hashlib.sha256(DATA).digest()  # seldom


def worker(function, rest):
    while goes_on():
        with spent(function.__name__, f"#{function.__name__}"):
            function()
        time.sleep(rest)


threads = [threading.Thread(target=worker, args=(often, 0.01)), threading.Thread(target=worker, args=(seldom, 0.06))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
from truth import account, began  # noqa: E402

wall = time.perf_counter() - began
tell(total=wall + account["often"] + account["seldom"])
