"""The decorator `@profile`: watches the function it marks, and nothing else.

Where watching costs all code that runs meanwhile (`sys.settrace`), it is switched on by a call of a marked function and
off when the last one returns, as line_profiler and memory_profiler do. Unlike theirs, a generator that is marked gets
what is sent or thrown into it, and returns its value.
"""

from __future__ import annotations

import functools
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

_Function: Any = type(lambda: None)
_GENERATOR, _COROUTINE, _ASYNC_GENERATOR = 0x20, 0x80, 0x200
"""`inspect.CO_GENERATOR` and so on."""

_enter: Callable[[], object] = int
_leave: Callable[[], object] = int
"""Global, so that calls cost no more than line_profiler's own, and that all of them can be made to do nothing."""


def switch(enter: Callable[[], object], leave: Callable[[], object]) -> None:
    """Says what is called as a marked function starts, and as it ends."""
    global _enter, _leave
    _enter, _leave = enter, leave


def switch_off() -> None:
    """From here on marked functions are like any other."""
    switch(int, int)


def nothing_marked() -> dict[str, str]:
    """The warning that there was nothing to watch."""
    return {
        "code": "nothing_marked",
        "message": "Only functions marked with @profile were to be watched, and none of them was defined.",
        "hint": "Select functions by name (package.module:function), or remove the mark.",
    }


class Marks:
    """Gives `mark`, the decorator.

    Args:
        watch: makes a function's lines watched.
        wraps: whether watching is to be switched on and off around calls.

    Attributes:
        active: whether a mark means anything in this run.
        count: functions marked.
    """

    def __init__(self, watch: Callable[[Any], None], *, wraps: bool) -> None:
        self.active = False
        self.count = 0
        self._watch = watch
        self._wraps = wraps

    def mark(self, function: Any = None, **options: object) -> Any:
        """`@profile`, or, as memory_profiler allows, `@profile(precision=4)`."""
        if function is None:
            return self.mark
        if not self.active:
            return function
        try:
            return self._marked(function)
        except Exception:
            return function  # Not watched, but it runs.

    def _marked(self, function: Any) -> Any:
        if type(function) is _Function:
            self._watch(function)
            self.count += 1
            return _wrapped(function) if self._wraps else function
        if type(function) is classmethod:
            return classmethod(self._marked(function.__func__))  # pyright: ignore
        if type(function) is staticmethod:
            return staticmethod(self._marked(function.__func__))
        if type(function) is property:
            parts = [
                None if part is None else self._marked(part) for part in (function.fget, function.fset, function.fdel)
            ]
            return property(*parts, doc=function.__doc__)
        if isinstance(function, type):
            for name, member in [*vars(function).items()]:
                if type(member) in (_Function, classmethod, staticmethod, property):
                    setattr(function, name, self._marked(member))
            return function
        inner = getattr(function, "__wrapped__", None) or getattr(function, "func", None)
        if type(inner) is _Function:
            # An object around a function (a cache, a partial): that function is watched whenever watching is on.
            self._watch(inner)
            self.count += 1
        return function

    def override(self, packages: Sequence[str], path: Sequence[str]) -> None:
        """Makes `from line_profiler import profile` and memory_profiler's mean this mark.

        Args:
            packages: those that the code imports.
            path: where to import them from, so that none of the target's own modules is taken for one they need.
        """
        before = sys.path[:]
        for name in packages:
            try:
                sys.path[:] = path
                module = __import__(name)
            except Exception:
                continue  # The target will see for itself what is wrong with it.
            finally:
                sys.path[:] = before
            if name == "line_profiler":
                module.profile._kernprof_overwrite(self.mark)
            else:
                module.profile = self.mark


def _wrapped(function: Any) -> Any:
    flags = function.__code__.co_flags
    if flags & _GENERATOR:
        return _generator(function)
    if flags & _ASYNC_GENERATOR:
        return _async_generator(function)
    if flags & _COROUTINE:
        return _coroutine(function)

    @functools.wraps(function)
    def wrapper(*args: Any, **named: Any) -> Any:
        _enter()
        try:
            return function(*args, **named)
        finally:
            _leave()

    return wrapper


def _coroutine(function: Any) -> Any:
    @functools.wraps(function)
    async def wrapper(*args: Any, **named: Any) -> Any:
        _enter()
        try:
            return await function(*args, **named)
        finally:
            _leave()

    return wrapper


def _generator(function: Any) -> Any:
    @functools.wraps(function)
    def wrapper(*args: Any, **named: Any) -> Any:
        generator = function(*args, **named)
        step: Any = generator.send
        value: Any = None
        while True:
            _enter()
            try:
                item = step(value)
            except StopIteration as end:
                return end.value
            finally:
                _leave()
            try:
                value = yield item  # pyright: ignore
                step = generator.send
            except GeneratorExit:
                generator.close()
                raise
            except BaseException as error:
                step, value = generator.throw, error

    return wrapper


def _async_generator(function: Any) -> Any:
    @functools.wraps(function)
    async def wrapper(*args: Any, **named: Any) -> Any:
        generator = function(*args, **named)
        step: Any = generator.asend
        value: Any = None
        while True:
            _enter()
            try:
                item = await step(value)
            except StopAsyncIteration:
                return
            finally:
                _leave()
            try:
                value = yield item  # pyright: ignore
                step = generator.asend
            except GeneratorExit:
                await generator.aclose()
                raise
            except BaseException as error:
                step, value = generator.athrow, error

    return wrapper
