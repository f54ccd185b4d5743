"""Starts the target: a session of its own, its output straight to files, everything else as a shell would give it."""

from __future__ import annotations

import os
import signal
import sys
from time import monotonic, time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

_DEFAULTED = ("SIGINT", "SIGTERM", "SIGQUIT", "SIGHUP", "SIGPIPE", "SIGXFSZ", "SIGURG", "SIGCHLD", "SIGUSR1")
"""A background shell job or nohup starts us with some of these ignored; the target could not be stopped then."""


class CannotStartError(Exception):
    """The target could not be started.

    Attributes:
        what: ``"folder"`` (the working directory) or ``"program"`` (the interpreter).
        number: the ``errno``.
    """

    def __init__(self, what: str, number: int) -> None:
        super().__init__(f"{what}: {os.strerror(number)}")
        self.what = what
        self.number = number


class TargetProcess:
    """A target that has been started.

    Attributes:
        pid: its process id, and the id of its process group and session.
        started: ``time.monotonic()`` just before it was started.
        started_time: the same as seconds since 1970.
        status: what ``waitpid`` said; None while it runs.
        cpu_s: user and system time of it and the children it waited for; None while it runs.
        max_rss_bytes: largest resident memory of it or such a child; None while it runs, or where it may be our own.
        ended: ``time.monotonic()`` when its end was noticed; None while it runs.
    """

    def __init__(self, command: list[str], cwd: str, env: dict[str, str], stdout: str, stderr: str) -> None:
        """Start it; standard input is the caller's.

        Args:
            command: absolute path of the program and its arguments.
            cwd: its working directory.
            env: its whole environment.
            stdout: the file its output is appended to.
            stderr: the file its errors are appended to.

        Raises:
            CannotStartError: no such folder or program, or it may not be used.
            OSError: the files cannot be opened, or no process can be made.
        """
        self.status: int | None = None
        self.cpu_s: float | None = None
        self.max_rss_bytes: int | None = None
        self.ended: float | None = None
        output = os.open(stdout, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
        errors = os.open(stderr, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
        # Written to only if the program cannot be executed; closed by a successful exec, which the read then sees.
        complaint_read, complaint_write = os.pipe()
        self.started, self.started_time = monotonic(), time()
        self.pid = os.fork()
        if self.pid == 0:
            _become(command, cwd, env, output, errors, complaint_write)
        for descriptor in (output, errors, complaint_write):
            os.close(descriptor)
        complaint = os.read(complaint_read, 64)
        os.close(complaint_read)
        if complaint:
            os.waitpid(self.pid, 0)
            what, number = complaint.decode().split()
            raise CannotStartError(what, int(number))

    def has_ended(self, status: int, usage: tuple[float, float, int]) -> None:
        """Note its end.

        Args:
            status: as ``wait4`` gives it.
            usage: user time and system time in seconds, and ``ru_maxrss``.
        """
        self.ended = monotonic()
        self.status = status
        self.cpu_s = usage[0] + usage[1]
        peak = usage[2] * (1 if sys.platform == "darwin" else 1024)
        # A process begins with the peak of the one that forked it: no more than our own tells nothing.
        self.max_rss_bytes = peak if peak > _own_peak_bytes() else None

    @property
    def exit_code(self) -> int | None:
        """Its exit status; None while it runs or if a signal ended it."""
        return os.WEXITSTATUS(self.status) if self.status is not None and os.WIFEXITED(self.status) else None

    @property
    def signal(self) -> int | None:
        """The number of the signal that ended it, if one did."""
        return os.WTERMSIG(self.status) if self.status is not None and os.WIFSIGNALED(self.status) else None


def _become(command: list[str], cwd: str, env: dict[str, str], output: int, errors: int, complaint: int) -> NoReturn:
    """In the forked child: become the target."""
    what = "folder"
    try:
        os.setsid()
        os.dup2(output, 1)
        os.dup2(errors, 2)
        for name in _DEFAULTED:
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        os.chdir(cwd)
        what = "program"
        os.execve(command[0], command, env)
    except OSError as error:
        os.write(complaint, f"{what} {error.errno or 0}".encode())
    finally:
        os._exit(127)


def _own_peak_bytes() -> int:
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
