"""What became of a run, in one word for programs and one sentence for people."""

from __future__ import annotations

import signal

from jupyterlab_hotspots.runs.files import as_object

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from jupyterlab_hotspots.runs.target_process import TargetProcess

_SIGNALS = {
    "SIGSEGV": "It crashed: segmentation fault, an access to memory that is not there (SIGSEGV).",
    "SIGBUS": "It crashed: bus error, an access to memory that cannot be had (SIGBUS).",
    "SIGABRT": "It aborted: a library found itself in a state it cannot go on from (SIGABRT).",
    "SIGFPE": "It crashed: arithmetic error, such as an integer division by 0 in compiled code (SIGFPE).",
    "SIGILL": "It crashed: an instruction this processor does not have (SIGILL).",
    "SIGSYS": "It crashed: a system call that is not permitted (SIGSYS).",
    "SIGXCPU": "It used more CPU time than it was allowed (SIGXCPU).",
    "SIGXFSZ": "It wrote a larger file than it was allowed (SIGXFSZ).",
    "SIGKILL": "It was killed by SIGKILL, from outside or by itself.",
    "SIGTERM": "It was ended by SIGTERM, from outside or by itself.",
    "SIGINT": "It was interrupted by SIGINT, from outside or by itself.",
    "SIGHUP": "It was ended by SIGHUP: its terminal or session went away.",
    "SIGPIPE": "It wrote to a pipe that nobody reads any more (SIGPIPE).",
}
_LONGEST_TEXT = 500
_AGENT_FAILED = 125
"""The agent's exit status when it could not run the target."""


class Outcome:
    """How a run ended.

    Attributes:
        status: ``succeeded``, ``failed``, ``cancelled`` or ``lost``.
        reason_code: for programs: ``exit_code``, ``raised``, ``syntax_error``, ``signal``, ``out_of_memory``,
            ``timed_out``, ``over_budget``, ``cancelled``, ``cannot_start``, ``agent_failed``, ``supervisor_died``,
            ``never_started``; None for a success.
        reason: one sentence; None for a success.
        error: the exception that ended the code, as ``Type: message``.
    """

    def __init__(self, status: str, reason_code: str | None = None, reason: str | None = None) -> None:
        self.status = status
        self.reason_code = reason_code
        self.reason = reason
        self.error: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The fields of a `RunInfo` that say how it ended; those that say nothing are absent."""
        fields = {
            "status": self.status,
            "reason_code": self.reason_code,
            "reason": self.reason,
            "error": self.error,
        }
        return {name: value for name, value in fields.items() if value is not None}


def of_target(
    target: TargetProcess,
    stopped: dict[str, Any] | None,
    *,
    began: bool,
    stop_code: str | None,
    stop_reason: str | None,
    memory: tuple[int, int | None] | None,
) -> Outcome:
    """How a target that has ended did so.

    Args:
        target: the process, waited for.
        stopped: what the agent said at the end of the code; None if it could not.
        began: whether the code's first line ran.
        stop_code: ``cancelled``, ``timed_out`` or ``over_budget`` if we stopped it; None if it ended by itself.
        stop_reason: the sentence for that.
        memory: the peak and the limit in bytes if the kernel killed a process for want of memory meanwhile, else None.
    """
    error = as_object((stopped or {}).get("error"))
    outcome = _of_end(target, stopped, error, began, stop_code, stop_reason, memory)
    if error is not None and (stopped or {}).get("how") != "exited":
        outcome.error = _said(error)
    return outcome


def _of_end(
    target: TargetProcess,
    stopped: dict[str, Any] | None,
    error: dict[str, Any] | None,
    began: bool,
    stop_code: str | None,
    stop_reason: str | None,
    memory: tuple[int, int | None] | None,
) -> Outcome:
    if stop_code is not None:
        return Outcome("cancelled" if stop_code == "cancelled" else "failed", stop_code, stop_reason)
    if target.signal is not None:
        if target.signal == signal.SIGKILL and memory is not None:
            return Outcome("failed", "out_of_memory", _killed_for_memory(*memory))
        return Outcome("failed", "signal", signal_in_words(target.signal))
    if target.exit_code == 0:
        return Outcome("succeeded")
    how = (stopped or {}).get("how")
    if error is not None and how in ("raised", "syntax-error"):
        code = "raised" if how == "raised" else "syntax_error"
        return Outcome("failed", code, _raised(error))
    if stopped is None and target.exit_code == _AGENT_FAILED and not began:
        return Outcome("failed", "agent_failed", "Hotspots could not run it; its error output says why.")
    message = str(error.get("message") or "") if error is not None else ""
    end = f": {_short(message)}" if message and message != str(target.exit_code) else "."
    return Outcome("failed", "exit_code", f"It exited with status {target.exit_code}{end}")


def signal_in_words(number: int) -> str:
    """What a signal that ended a process means, as a sentence."""
    try:
        known = signal.Signals(number).name
    except ValueError:
        return f"It was ended by signal {number}."
    return _SIGNALS.get(known, f"It was ended by {known}.")


def size_in_words(size_bytes: int) -> str:
    """A size for a sentence, in powers of 1000 as everywhere else in the house."""
    return f"{size_bytes / 1e9:.2f} GB" if size_bytes >= 1e9 else f"{size_bytes / 1e6:.0f} MB"


def _killed_for_memory(peak_bytes: int, limit_bytes: int | None) -> str:
    limit = "" if limit_bytes is None else f" of {size_in_words(limit_bytes)}"
    return f"It was killed for memory: peak {size_in_words(peak_bytes)}{limit}."


def _raised(error: dict[str, Any]) -> str:
    said = _said(error)
    file, line = error.get("file"), error.get("line")
    if not file or not line:
        return said
    return f"{said} ({str(file).rpartition('/')[2]}, line {line})"


def _said(error: dict[str, Any]) -> str:
    kind, message = str(error.get("type")), str(error.get("message") or "").strip()
    return _short(f"{kind}: {message}" if message else kind)


def _short(text: str) -> str:
    said = " ".join(text.split())
    return said if len(said) <= _LONGEST_TEXT else said[: _LONGEST_TEXT - 1] + "…"
