from __future__ import annotations

import pytest

from jupyterlab_hotspots.formats import quantities


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.00 µs"),
        (3.2e-6, "3.20 µs"),
        (0.0456, "45.6 ms"),
        (1.234, "1.23 s"),
        (15.44, "15.4 s"),
        (99.99, "1 min 39 s"),
        (0.9996, "1.00 s"),
        (0.0009996, "1.00 ms"),
        (float("nan"), "–"),
        (125.4, "2 min 05 s"),
        (7325, "2 h 02 min"),
        (None, "–"),
        (-0.5, "-500 ms"),
    ],
)
def test_seconds_keep_three_digits_and_a_unit(value: float | None, text: str) -> None:
    assert quantities.seconds(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (312_400_000, "312 MB"),
        (1_234_000_000, "1.23 GB"),
        (-45_600, "-45.6 kB"),
        (None, "–"),
    ],
)
def test_sizes_are_in_powers_of_a_thousand(value: float | None, text: str) -> None:
    assert quantities.size(value) == text


def test_an_absent_share_is_a_dash_and_never_zero() -> None:
    assert quantities.share(None) == "–"
    assert quantities.share(0.6061) == "60.6 %"
