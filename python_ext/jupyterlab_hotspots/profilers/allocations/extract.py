"""Reads a memray capture in a process of its own.

    PYTHON extract.py CAPTURE OUTPUT BYTES_OF_MEMORY SECONDS_OF_CPU < files.json

memray reads its files in native code, and the file comes from a process that could have written anything into it: so
this process may crash, hang or eat memory, and only it. `capture.py` starts it with limits. It gives back, as columns
(the format is described in `agent/columns.py`), the stacks as a tree and what was allocated in each of its nodes.

Exit status: 0, or 3 with one line on standard error: `missing`, `damaged` or `version`, a blank, and what is wrong.
"""

from __future__ import annotations

import json
import resource
import sys
from array import array
from pathlib import Path
from typing import cast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, NoReturn

FAILED = 3
_MOST_PLACES = 1_000_000
_PROBE = "_probe"
"""The function of the collector that allocates last."""

Frame = tuple[str, str, int]
"""Function, file, line."""


class Stacks:
    """The stacks as a tree whose nodes are numbered as they are met, parents before children.

    Args:
        ours: files of the agent, whose frames nobody asked for.
    """

    def __init__(self, ours: frozenset[str]) -> None:
        self.parents = array("q")
        self.lines = array("q")
        self.native = array("q")
        self.functions: list[str] = []
        self.files: list[str] = []
        self._ours = ours
        self._places: dict[tuple[int, Frame, bool], int] = {}

    def place(self, python: list[Frame], hybrid: list[Frame] | None) -> int:
        """The node of a stack (innermost frame first); -1 for no stack at all, -2 for what the agent itself did.

        Args:
            python: its Python frames.
            hybrid: those with the native ones between them, if these are known.
        """
        if python and python[0][1] in self._ours:
            return -2
        node = -1
        inside = False
        of_python = len(python) - 1
        for frame in reversed(python if hybrid is None else hybrid):
            is_python = hybrid is None or (of_python >= 0 and frame == python[of_python])
            of_python -= is_python
            if frame[1] in self._ours:
                # What lies below the agent's frames is how Python started; within the target they are only passed.
                node = node if inside else -1
                continue
            inside |= is_python
            key = (node, frame, is_python)
            found = self._places.get(key)
            if found is None:
                found = self._places[key] = len(self.functions)
                self.parents.append(node)
                self.functions.append(frame[0])
                self.files.append(frame[1])
                self.lines.append(frame[2])
                self.native.append(not is_python)
            node = found
        return node


class Cells:
    """What was allocated by one kind of allocator in one node: bytes and blocks of the three questions."""

    QUESTIONS = ("peak", "leaked", "temporary")

    def __init__(self) -> None:
        self.values: dict[tuple[int, int], list[int]] = {}

    def add(self, node: int, allocator: int, question: int, size: int, count: int) -> None:
        cell = self.values.get((node, allocator))
        if cell is None:
            cell = self.values[node, allocator] = [0] * (2 * len(self.QUESTIONS))
        cell[2 * question] += size
        cell[2 * question + 1] += count


def main() -> None:
    capture, output, memory_limit, cpu_limit = sys.argv[1:5]
    del sys.path[0]  # Nothing is imported from beside this file.
    for what, limit in (
        (resource.RLIMIT_AS, memory_limit),
        (resource.RLIMIT_CPU, cpu_limit),
        (resource.RLIMIT_CORE, 0),
    ):
        # A second more until the end by force: that of the soft limit says what it was.
        resource.setrlimit(what, (int(limit), int(limit) + (what == resource.RLIMIT_CPU)))
    ours = frozenset(json.load(sys.stdin))
    try:
        import memray
    except ImportError as error:
        _fail("missing", str(error))
    try:
        _write(output, *_read(memray, capture, ours), _allocated(capture, ours))
    except OSError as error:
        # memray says so of a file of another version of its format, and of one that is not its own.
        _fail("version" if "incompatible" in str(error) else "damaged", str(error))
    except MemoryError:
        _fail("damaged", "reading it takes more memory than there is")
    except Exception as error:
        _fail("damaged", f"{type(error).__name__}: {error}")


def _fail(kind: str, what: str) -> NoReturn:
    sys.stderr.write(f"{kind} {' '.join(what.split())}\n")
    sys.exit(FAILED)


def _read(memray: Any, capture: str, ours: frozenset[str]) -> tuple[dict[str, Any], Stacks, Cells, list[Any]]:
    reader = memray.FileReader(capture)
    metadata = reader.metadata
    stacks, cells = Stacks(ours), Cells()
    about: dict[str, Any] = {
        "memray": memray.__version__,
        "start_ms": _milliseconds(metadata.start_time),
        "end_ms": _milliseconds(metadata.end_time),
        "peak_bytes": metadata.peak_memory,
        "allocations": metadata.total_allocations,
        "native": metadata.has_native_traces,
        "python_allocators": metadata.trace_python_allocators,
        "probe": False,
    }
    questions = (
        reader.get_high_watermark_allocation_records(merge_threads=True),
        reader.get_leaked_allocation_records(merge_threads=True),
        reader.get_temporary_allocation_records(merge_threads=True),
    )
    for question, records in enumerate(questions):
        about["probe"] |= _add(records, question, stacks, cells, native=metadata.has_native_traces)
    return about, stacks, cells, list(reader.get_memory_snapshots())


def _add(records: Iterable[Any], question: int, stacks: Stacks, cells: Cells, *, native: bool) -> bool:
    """Adds the answers to one question; gives whether the collector's last allocation was among them."""
    known: dict[tuple[int, int, int], int] = {}
    probe = False
    for record in records:
        # The number of a stack is one of the reader of these records: others number in another order.
        key = (record.stack_id, record.native_stack_id, record.native_segment_generation)
        node = known.get(key)
        if node is None:
            python = record.stack_trace()
            node = known[key] = stacks.place(python, record.hybrid_stack_trace() if native else None)
            probe |= node == -2 and python[0][0] == _PROBE
        if node != -2:
            cells.add(node, record.allocator, question, record.size, record.n_allocations)
    return probe


def _allocated(capture: str, ours: frozenset[str]) -> list[tuple[Frame, int]]:
    """All bytes that were ever allocated in a place, freed or not, as `memray stats` has them."""
    try:
        from memray._memray import compute_statistics
    except ImportError:
        return []
    found = compute_statistics(capture, num_largest=_MOST_PLACES).top_locations_by_size
    return [(frame, size) for frame, size in found if frame[1] not in ours]


def _milliseconds(moment: Any) -> int:
    return int(moment.timestamp() * 1000)


def _write(
    output: str,
    about: dict[str, Any],
    stacks: Stacks,
    cells: Cells,
    snapshots: list[Any],
    allocated: list[tuple[Frame, int]],
) -> None:
    import memray

    names = {int(allocator): allocator.name.lower() for allocator in memray.AllocatorType}
    columns: list[tuple[str, Any]] = [
        ("nodes.parent", stacks.parents),
        ("nodes.line", stacks.lines),
        ("nodes.native", stacks.native),
        ("nodes.function", stacks.functions),
        ("nodes.file", stacks.files),
        ("cells.node", array("q", [node for node, _ in cells.values])),
        ("cells.allocator", [names.get(allocator, str(allocator)) for _, allocator in cells.values]),
    ]
    for number, question in enumerate(Cells.QUESTIONS):
        for place, what in enumerate(("bytes", "count")):
            values = array("q", [cell[2 * number + place] for cell in cells.values.values()])
            columns.append((f"cells.{question}_{what}", values))
    for place, name in enumerate(("ms", "rss", "heap")):
        columns.append((f"snapshots.{name}", array("q", [snapshot[place] for snapshot in snapshots])))
    for place, name in enumerate(("function", "file")):
        columns.append((f"places.{name}", [str(frame[place]) for frame, _ in allocated]))
    columns.append(("places.line", array("q", [frame[2] for frame, _ in allocated])))
    columns.append(("places.allocated_bytes", array("q", [size for _, size in allocated])))
    described: list[dict[str, Any]] = []
    arrays: list[Any] = []
    for name, values in columns:
        column: dict[str, Any] = {"name": name, "type": "int64", "count": len(values)}
        if isinstance(values, list):
            texts, places = cast("list[str]", values), dict[str, int]()
            values = array("q", [places.setdefault(text, len(places)) for text in texts])
            column.update(type="text", strings=list(places))
        if sys.byteorder == "big":
            values.byteswap()
        described.append(column)
        arrays.append(values)
    with Path(output).open("wb") as file:
        header = {"format": "columns", "version": 1, "about": about, "columns": described}
        file.write(json.dumps(header).encode() + b"\n")
        for values in arrays:
            values.tofile(file)


if __name__ == "__main__":
    main()
