"""Hostile and damaged files: a clear error soon, nothing executed, nothing crashed."""

from __future__ import annotations

import gzip
import io
import json
import marshal
import os
import pickle
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from made_files import Tools
from mutations import mutated

from jupyterlab_hotspots.errors import BadRequest, HotspotsError, Unavailable
from jupyterlab_hotspots.formats import importing
from jupyterlab_hotspots.formats.foreign import MEGABYTE
from jupyterlab_hotspots.profilers.allocations import capture, extract
from jupyterlab_hotspots.profilers.raw_columns import read_columns
from jupyterlab_hotspots.profiles.references import check_references

SOON_S: Final = 5.0
MUTATIONS: Final = 2_000
MANY_MUTATIONS: Final = 100_000
FORMATS: Final = {
    "prof": "pstats",
    "lprof": "lprof",
    "pyisession": "pyinstrument",
    "speedscope": "speedscope",
    "collapsed": "collapsed",
    "scalene": "scalene",
}
_EXECUTING: Final = (
    *("exec", "compile", "os.system", "os.exec", "os.posix_spawn", "os.fork", "subprocess.Popen", "marshal.load"),
    *("pickle.find_class", "socket.", "ctypes.", "code.__new__"),
)

_LAZY: Final = ("encodings", "stringprep")
"""Codecs are imported when they are first used."""


def _importing() -> bool:
    """Whether this happens within an import, which is an event of its own."""
    frame = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False


class Watch:
    """Audit events (PEP 578) that mean that something was executed."""

    def __init__(self) -> None:
        self.on = False
        self.seen: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.on or (event == "import" and str(arguments[0]).startswith(_LAZY)):
            return
        if event == "import" or (event.startswith(_EXECUTING) and not _importing()):
            self.seen.append(f"{event} {arguments!r:.200}")


WATCH: Final = Watch()
"""A hook stays as long as its process: one is enough."""


@pytest.fixture
def watch() -> Iterator[Watch]:
    WATCH.seen.clear()
    yield WATCH
    WATCH.on = False


@pytest.fixture
def refused(tmp_path: Path, watch: Watch) -> Callable[..., HotspotsError]:
    """Reads a file and gives the error; it must come soon, and nothing may be executed."""

    def read(content: bytes, name: str, form: str | None = None) -> HotspotsError:
        path = tmp_path / name
        path.write_bytes(content)
        watch.on = True
        began = time.process_time()
        with pytest.raises(HotspotsError) as error:
            importing.read_file(path, form=form)
        watch.on = False
        assert time.process_time() - began < SOON_S
        assert watch.seen == []
        assert isinstance(error.value, (BadRequest, Unavailable)), error.value
        assert error.value.message and error.value.hint and len(str(error.value)) < 700
        return error.value

    return read


@pytest.fixture(scope="module", autouse=True)
def loaded(made: Tools) -> None:
    """The formats' modules are loaded, which compiles and executes."""
    for name in FORMATS:
        importing.read_file(made(name, brief=True))
    for form in ("memray", "json"):
        with pytest.raises(HotspotsError):
            importing.read_file(made("prof", brief=True), form=form)


# Marshal


def _code_that_leaves_a_mark(path: Path) -> Any:
    return compile(f"open({str(path)!r}, 'w').close()", "evil", "exec")


KEY: Final = ("a.py", 1, "f")


@pytest.mark.parametrize(
    "make",
    [
        lambda code: code,
        lambda code: {code: (1, 1, 0.1, 0.1, {})},
        lambda code: {KEY: code},
        lambda code: {KEY: (1, 1, 0.1, 0.1, code)},
        lambda code: {KEY: (1, 1, 0.1, 0.1, {KEY: code})},
        lambda code: {("a.py", 1, code): (1, 1, 0.1, 0.1, {})},
    ],
)
def test_code_in_a_prof_is_refused_and_never_made(make: Any, tmp_path: Path, refused: Any) -> None:
    mark = tmp_path / "mark"
    error = refused(marshal.dumps(make(_code_that_leaves_a_mark(mark))), "x.prof", "pstats")
    assert error.reason == "bad_file"
    assert not mark.exists()


def _marshalled(*values: object) -> bytes:
    return b"".join(marshal.dumps(value) for value in values)


ENTRY: Final = _marshalled(KEY)
HUGE: Final = struct.pack("<i", 2**31 - 1)


@pytest.mark.parametrize(
    "content",
    [
        b"{(" + HUGE,
        b"{" + b"(" * 1_000_000,
        b"{" + b"{" * 1_000_000,
        b"{)\x03u" + HUGE,
        b"{)\x03a" + struct.pack("<i", -5),
        b"{)\x03r" + HUGE,
        b"{" + ENTRY + b")\x05l" + HUGE + b"\xff" * 1000,
        b"{" + ENTRY + b")\x05i\1\0\0\0i\1\0\0\0" + b"g" + struct.pack("<d", float("nan")) * 2 + b"{00",
        b"{" + ENTRY + b")\x05i\xff\xff\xff\xffi\1\0\0\0" + (b"g" + struct.pack("<d", 1.0)) * 2 + b"{00",
        b"{" + ENTRY + b")\x05i\1\0\0\0i\1\0\0\0" + (b"g" + struct.pack("<d", float("inf"))) * 2 + b"{00",
        b"{" + ENTRY + b")\x05i\1\0\0\0i\1\0\0\0" + (b"g" + struct.pack("<d", 1.0)) * 2 + b"{00" + b"more",
        (b"{" + (ENTRY + b")\x05i\1\0\0\0i\1\0\0\0" + (b"g" + struct.pack("<d", 1.0)) * 2 + b"{0") * 2 + b"0"),
        marshal.dumps({KEY: (1, 1, "1", 0.1, {})}),
        marshal.dumps({KEY: (2**70, 1, 0.1, 0.1, {})}),
        marshal.dumps({KEY: (True, 1, 0.1, 0.1, {})}),
        marshal.dumps({KEY: (1, 1, 0.1, 0.1)}),
        marshal.dumps({("a.py", "1", "f"): (1, 1, 0.1, 0.1, {})}),
        marshal.dumps([1, 2, 3]),
    ],
)
def test_a_prof_that_is_none_is_refused_in_words(content: bytes, refused: Any) -> None:
    assert refused(content, "x.prof", "pstats").reason == "bad_file"


def test_a_prof_whose_hash_would_take_for_ever_is_refused_at_once(refused: Any) -> None:
    nested: Any = ()
    for _ in range(200):
        nested = (nested, nested)
    # Each is referred to twice: a hundred bytes that a hash would walk 2^200 times.
    assert refused(b"{" + marshal.dumps(nested), "x.prof", "pstats").reason == "bad_file"


# Pickle


class _Runs:
    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self._path}",)


PROTOCOL: Final = b"\x80\x04"
STATS: Final = b"\x8c\x1bline_profiler.line_profiler\x8c\x09LineStats\x93"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_that_calls_something_is_refused_and_does_not(protocol: int, tmp_path: Path, refused: Any) -> None:
    mark = tmp_path / "mark"
    for evil in (_Runs(mark), {"timings": _Runs(mark)}, [_Runs(mark)]):
        assert refused(pickle.dumps(evil, protocol), "x.lprof", "lprof").reason == "bad_file"
        assert not mark.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"cos\nsystem\n(S'touch mark'\ntR.",
        b"c__builtin__\neval\n(S'1'\ntR.",
        b"(S'touch mark'\nios\nsystem\n.",
        b"cline_profiler.line_profiler\nLineProfiler\n)\x81.",
        PROTOCOL + b"\x8c\x1bline_profiler.line_profiler\x8c\x04main\x93)R.",
        PROTOCOL + b"\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R.",
        PROTOCOL + STATS + b")R.",
        PROTOCOL + STATS + b"\x8c\x01x\x85\x81.",
        PROTOCOL + STATS + b")\x81}\x8c\x07timingsK\x01sb.",
        PROTOCOL + STATS + b"}b.",
        PROTOCOL + STATS + b".",
        PROTOCOL + b"\x82\x01.",
        b"Pid\n.",
        PROTOCOL + b"\x8d" + b"\xff" * 8,
        PROTOCOL + b"\x8e" + b"\xff" * 7 + b"\x7f",
        PROTOCOL + b"\x96" + b"\xff" * 8,
        PROTOCOL + b"}r" + b"\xff" * 4 + b".",
        PROTOCOL + b"h\x63.",
        PROTOCOL + b"(" * 1_000_000,
        PROTOCOL + b"]" * 1_000_000 + b"a" * 999_999 + b".",
        PROTOCOL + b"I" + b"9" * 1_000_000 + b"\n.",
        PROTOCOL + b"}" + b")" + b"\x94h\x00\x86" * 200 + b"K\x01s.",
        PROTOCOL + b"t.",
        PROTOCOL + b"s.",
        PROTOCOL + b".",
        PROTOCOL,
        pickle.dumps({"timings": {("a.py", 1, "f"): [(1, 2, 3)]}, "unit": 1e-9}),
    ],
)
def test_an_lprof_that_is_none_is_refused_in_words(content: bytes, refused: Any) -> None:
    assert refused(content, "x.lprof", "lprof").reason == "bad_file"


def _stats(timings: Any, unit: Any = 1e-9) -> bytes:
    """A pickle of `LineStats` with that state, whatever it is."""
    state = pickle.dumps({"timings": timings, "unit": unit}, 4)[2:-1]
    frame = 9 if state[:1] == b"\x95" else 0
    return PROTOCOL + STATS + b")\x81" + state[frame:] + b"b."


@pytest.mark.parametrize(
    "content",
    [
        _stats({}, 0.0),
        _stats({}, "1"),
        _stats({}, float("nan")),
        _stats({("a.py", 1, "f"): [(1, 2, -3)]}),
        _stats({("a.py", 1, "f"): [(1, 2.5, 3)]}),
        _stats({("a.py", 1, "f"): [(1, 2)]}),
        _stats({("a.py", 1, "f"): [(2**80, 2, 3)]}),
        _stats({("a.py", 1, "f"): ((1, 2, 3),)}),
        _stats({("a.py", "1", "f"): []}),
        _stats([1]),
    ],
)
def test_line_stats_that_cannot_be_are_refused(content: bytes, refused: Any) -> None:
    assert refused(content, "x.lprof", "lprof").reason == "bad_file"


def test_a_list_that_a_pickle_uses_over_and_over_does_not_become_large(refused: Any) -> None:
    rows = [(line, 1, 1) for line in range(10_000)]
    assert "more than" in refused(_stats({("a.py", n, "f"): rows for n in range(10_000)}), "x.lprof", "lprof").message


# JSON and text


@pytest.mark.parametrize("form", ["pyinstrument", "speedscope", "scalene", "json"])
@pytest.mark.parametrize(
    "content",
    [
        b"[" * 2_000_000,
        b'{"files":' * 200_000,
        b'{"frame_records": ' + b"[" * 1_000_000,
        b'{"profiles": [{"type": "sampled", "samples": ' + b"[" * 100_000,
        b'{"a": ' + b"9" * 5_000_000 + b"}",
        b'"\xff\xfe"',
        b"null",
        b"NaN",
        b"",
        b"\0" * 100,
    ],
)
def test_json_that_is_none_is_refused_in_words(form: str, content: bytes, refused: Any) -> None:
    assert refused(content, "x.json", form).reason in ("bad_file", "bad_request")


def _session(records: bytes) -> bytes:
    return b'{"frame_records": ' + records + b', "start_time": 1, "duration": 1, "sample_count": 1, "cpu_time": 1}'


@pytest.mark.parametrize("records", [b'[[["a"], 1e999]]', b'[[["a"], -1]]', b"[[[7], 1]]", b'[[["a"]]]', b'[["a", 1]]'])
def test_a_session_that_cannot_be_is_refused(records: bytes, refused: Any) -> None:
    assert refused(_session(records), "x.pyisession").reason == "bad_file"


def test_a_session_with_strange_frames_is_read(tmp_path: Path) -> None:
    frames = r'["", "\u0000\u0000", "a\u0000b\u0000' + "9" * 500 + r'", "x\u0001l-1", "y\u0001", "\ud83d", "z\u0001l١"]'
    path = tmp_path / "x.pyisession"
    path.write_bytes(_session(f"[[{frames}, 0.5], [[], 0.5]]".replace(r"\ud83d", r"\u2603").encode()))
    measurements = importing.read_file(path).measurements
    check_references(measurements)
    assert measurements.functions is not None and measurements.functions.num_rows > 0


SCOPE: Final = b'{"$schema": "", "shared": {"frames": [{"name": "a"}]}, "profiles": [%s]}'
SAMPLED: Final = (
    b'{"type": "sampled", "name": "", "unit": "%s", "startValue": 0, "endValue": 1, "samples": %s, "weights": %s}'
)
EVENTED: Final = b'{"type": "evented", "name": "", "unit": "seconds", "startValue": 0, "endValue": 9, "events": %s}'


@pytest.mark.parametrize(
    "profile",
    [
        SAMPLED % (b"seconds", b"[[1]]", b"[1]"),
        SAMPLED % (b"seconds", b"[[-1]]", b"[1]"),
        SAMPLED % (b"seconds", b"[[0]]", b"[1, 2]"),
        SAMPLED % (b"seconds", b"[[0]]", b"[-1]"),
        SAMPLED % (b"seconds", b"[[0]]", b"[1e999]"),
        SAMPLED % (b"none", b"[[0]]", b"[0.5]"),
        SAMPLED % (b"parsecs", b"[[0]]", b"[1]"),
        EVENTED % b'[{"type": "C", "frame": 0, "at": 1}]',
        EVENTED % b'[{"type": "O", "frame": 1, "at": 1}]',
        EVENTED % b'[{"type": "O", "frame": 0, "at": 2}, {"type": "C", "frame": 0, "at": 1}]',
        EVENTED % b'[{"type": "X", "frame": 0, "at": 2}]',
        b'{"type": "other"}',
        b"",
    ],
)
def test_a_speedscope_file_that_cannot_be_is_refused(profile: bytes, refused: Any) -> None:
    assert refused(SCOPE % profile, "x.speedscope.json", "speedscope").reason == "bad_file"


def test_stacks_as_deep_as_the_file_is_long_are_refused(refused: Any) -> None:
    deep = b",".join(b'{"type": "O", "frame": 0, "at": 1}' for _ in range(1_100_000))
    assert refused(SCOPE % (EVENTED % (b"[" + deep + b"]")), "x.speedscope.json").reason == "too_large"
    assert refused(b"a;" * 1_100_000 + b"a 1\n", "x.collapsed").reason == "too_large"


@pytest.mark.parametrize(
    "content", [b"a;b", b"a;b -1", b"a;b 1.5", b"a;b " + b"9" * 5000, b"\0\1\2", b"#\n", "a ١\n".encode()]
)
def test_collapsed_stacks_that_are_none_are_refused(content: bytes, refused: Any) -> None:
    assert refused(content, "x.collapsed").reason == "bad_file"


# Archives, captures


def test_archives_are_not_unpacked(refused: Any) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("x.prof", bytes(50 * MEGABYTE))
    for content in (archive.getvalue(), gzip.compress(bytes(50 * MEGABYTE))):
        for name in ("x.prof", "x.lprof", "x.json", "x.pyisession", "x.collapsed", "x.zip"):
            assert refused(content, name).reason in ("bad_file", "bad_request")


def test_a_capture_that_is_none_is_refused(made: Tools, tmp_path: Path) -> None:
    whole = made("memray").read_bytes()
    for number, content in enumerate(
        (b"", b"memray\0", b"memray\0" + b"\xff" * 10_000, whole[:40], whole[:40] + b"\xff" * 9999)
    ):
        path = tmp_path / f"{number}.bin"
        path.write_bytes(content)
        began = time.monotonic()
        with pytest.raises((BadRequest, Unavailable)) as error:
            importing.read_file(path)
        assert time.monotonic() - began < 4 * SOON_S  # as long as the child may take on a machine that is busy
        assert error.value.hint


# Mutations of real files


def _content(made: Tools, name: str) -> bytes:
    data = made(name, brief=True).read_bytes()
    if name != "scalene":
        return data
    # Without what nobody reads, so that what is read is damaged more often.
    document = {key: value for key, value in json.loads(data).items() if not key.startswith(("combined_", "memory_"))}
    return json.dumps(document).encode()


def _check_mutations(made: Tools, name: str, count: int, tmp_path: Path, watch: Watch, seed: int = 1) -> int:
    """How many of so many damaged files were read, the others having been refused in words; nothing else happened."""
    data = _content(made, name)
    path = tmp_path / "damaged"
    outcomes = {"read": 0, "refused": 0}
    for damaged in mutated(data, count, text=name not in ("prof", "lprof"), seed=seed):
        path.write_bytes(damaged)
        watch.on = True
        began = time.process_time()
        try:
            found = importing.read_file(path, form=FORMATS[name])
        except (BadRequest, Unavailable) as error:
            outcomes["refused"] += 1
            assert error.message and error.hint
        else:
            outcomes["read"] += 1
            check_references(found.measurements)
        finally:
            watch.on = False
        assert time.process_time() - began < SOON_S
    assert watch.seen == []
    return outcomes["read"]


@pytest.mark.parametrize("name", list(FORMATS))
def test_damaged_files_are_read_or_refused(made: Tools, name: str, tmp_path: Path, watch: Watch) -> None:
    read = _check_mutations(made, name, MUTATIONS, tmp_path, watch)
    assert MUTATIONS // 100 < read < MUTATIONS - MUTATIONS // 100


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", list(FORMATS))
def test_many_damaged_files_are_read_or_refused(made: Tools, name: str, tmp_path: Path, watch: Watch) -> None:
    read = _check_mutations(made, name, MANY_MUTATIONS, tmp_path, watch, seed=2)
    assert MANY_MUTATIONS // 100 < read < MANY_MUTATIONS - MANY_MUTATIONS // 100


def _check_captures(made: Tools, count: int, folder: Path, seed: int = 1) -> int:
    """How many of so many damaged captures were read.

    memray reads in native code: it may crash, and then only the process it reads in does.
    """
    whole = made("memray", brief=True).read_bytes()
    for number, damaged in enumerate(mutated(whole, count, text=False, seed=seed)):
        (folder / f"{number:06}.bin").write_bytes(damaged)
    command = [sys.executable, str(Path(__file__).with_name("forked_memray.py")), str(extract.__file__), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    ended = dict(line.split() for line in done.stdout.splitlines())
    assert len(ended) == count
    assert set(ended.values()) <= {"0", "3", *(str(-number) for number in range(1, 32))}, set(ended.values())
    read = 0
    for stem, status in ended.items():
        if status == "0":
            path = folder / f"{stem}.columns"
            try:
                columns = read_columns(path)
                capture._check(columns, path)  # pyright: ignore[reportPrivateUsage]
                from jupyterlab_hotspots.formats import memray_file

                check_references(memray_file._imported(columns).measurements)  # pyright: ignore[reportPrivateUsage]
            except HotspotsError as error:
                assert error.message
            read += 1
    return read


def test_damaged_captures_are_read_or_refused(made: Tools, tmp_path: Path) -> None:
    assert 0 < _check_captures(made, MUTATIONS, tmp_path) < MUTATIONS


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_many_damaged_captures_are_read_or_refused(made: Tools, tmp_path: Path) -> None:
    for batch in range(MANY_MUTATIONS // MUTATIONS):
        folder = tmp_path / str(batch)
        folder.mkdir()
        assert 0 < _check_captures(made, MUTATIONS, folder, seed=100 + batch) < MUTATIONS
        for file in folder.iterdir():
            file.unlink()
