"""JSON without the module `json`, whose import costs a script milliseconds and gives it modules it did not ask for.

The C functions behind that module are used directly; where an implementation of Python lacks them, the module itself.
They report no calls to a profiler: the encoder and the scanner are objects, not functions.
"""

from __future__ import annotations

from .quiet import encoded, joined

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _Context:
    """What `json.JSONDecoder` tells its scanner."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    array_hook = None
    parse_float = float
    parse_int = int
    parse_constant = float


def _not_json(value: object) -> object:
    raise TypeError(f"{type(value)} is no JSON")


try:
    import _json

    _scan: Any = _json.make_scanner(_Context)  # pyright: ignore[reportArgumentType]
    _encoder: Any = _json.make_encoder(
        None, _not_json, _json.encode_basestring_ascii, None, ":", ",", False, False, False
    )

    def decode(text: str) -> Any:
        """The value of a JSON document without blanks around it; ValueError or StopIteration if it is none."""
        return _scan(text, 0)[0]

    def encode(value: Any) -> bytes:
        """A value as JSON in ASCII, on one line; ValueError for numbers that are not finite."""
        return encoded(joined(_encoder(value, 0)))

except (ImportError, AttributeError, TypeError):
    import json

    def decode(text: str) -> Any:
        return json.loads(text)

    def encode(value: Any) -> bytes:
        return encoded(json.dumps(value, separators=(",", ":"), allow_nan=False))
