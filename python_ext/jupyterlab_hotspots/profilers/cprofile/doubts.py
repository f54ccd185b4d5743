"""What makes a table of cProfile's doubtful, found in the table itself."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_THREADS = ("_thread.start_new_thread", "_thread.start_joinable_thread")
_SET_PROFILE = ("sys.setprofile",)
_ENABLE = ("<method 'enable' of '_lsprof.Profiler' objects>",)


def doubts(names: Sequence[str], calls: Sequence[int], *, monitored: bool, replaced: bool) -> list[dict[str, str]]:
    """The warnings, as `{"code", "message", "hint"}`.

    Args:
        names: of functions, as cProfile calls built-ins.
        calls: of each.
        monitored: whether cProfile is a tool of `sys.monitoring` (Python 3.12 and later).
        replaced: whether it was no longer the profiler at the end.
    """
    found: list[dict[str, str]] = []
    counted = dict(zip(names, calls, strict=True))

    def count(wanted: tuple[str, ...]) -> int:
        return sum(counted.get(f"<built-in method {name}>", counted.get(name, 0)) for name in wanted)

    if replaced:
        found.append(
            {
                "code": "profile_replaced",
                "message": "The code set a profile function of its own, which replaced cProfile: calls made after that "
                "are missing, and their time is in the call that replaced it.",
                "hint": "Leave out what calls sys.setprofile, or another profiler, while profiling.",
            }
        )
    elif count(_SET_PROFILE) or count(_ENABLE):
        found.append(
            {
                "code": "profile_shared",
                "message": "The code set a profile function of its own, or tried to start another cProfile: nothing is "
                "missing, but all times include what that function costs.",
                "hint": "Leave out what calls sys.setprofile, or another profiler, while profiling.",
            }
        )
    threads = count(_THREADS)
    if threads:
        started = "1 thread was" if threads == 1 else f"{threads} threads were"
        if monitored:
            found.append(
                {
                    "code": "threads_mixed",
                    "message": f"{started} started: cProfile counts the calls of all threads in one table, and the "
                    "time of a call includes that of other threads which ran meanwhile.",
                    "hint": "Trust the calls; for times of threads use a profiler that tells them apart.",
                }
            )
        else:
            found.append(
                {
                    "code": "threads_not_profiled",
                    "message": f"{started} started: cProfile sees only the main thread in this version of Python.",
                    "hint": "Use a profiler that sees all threads, or Python 3.12 or later.",
                }
            )
    return found
