"""Arrays: sigma-clipped 63×63 stamps and their radial power spectra. `arrays.py [STAMPS]` (default 2500).

What an alert pipeline does: few calls, each into NumPy's compiled code.
"""

from __future__ import annotations

import sys

import numpy as np
import numpy.typing as npt

SIZE = 63
Stamp = npt.NDArray[np.float64]


def sigma_clipped(stamp: Stamp, sigma: float = 3.0, iterations: int = 5) -> np.ma.MaskedArray:
    """The stamp with what lies further than `sigma` standard deviations from its median masked."""
    outlier = np.zeros(stamp.shape, dtype=bool)
    for _ in range(iterations):
        kept = stamp[~outlier]
        outlier = np.abs(stamp - np.median(kept)) > sigma * kept.std()
    return np.ma.array(stamp, mask=outlier)


def radial_spectrum(stamp: Stamp) -> Stamp:
    """Mean power in rings of one pixel around the centre."""
    power = np.abs(np.fft.fft2(stamp)) ** 2
    rows, columns = np.indices(stamp.shape)
    ring = np.hypot(columns - SIZE // 2, rows - SIZE // 2).astype(int).ravel()  # pyright: ignore[reportUnknownArgumentType]
    return np.bincount(ring, weights=power.ravel()) / np.bincount(ring)


def summed_power(stamps: int) -> float:
    random = np.random.default_rng(0)
    total = 0.0
    for _ in range(stamps):
        stamp = random.normal(size=(SIZE, SIZE))
        total += radial_spectrum(sigma_clipped(stamp).filled(0.0))[3]
    return total


if __name__ == "__main__":
    print(summed_power(int(sys.argv[1]) if len(sys.argv) > 1 else 2500))
