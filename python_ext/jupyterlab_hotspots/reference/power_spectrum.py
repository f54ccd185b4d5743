"""How unlike a shuffled image is the structure in the middle of a stamp? The power-spectrum test for candidates.

The method is that of ELEPHANT (arXiv:2404.18165). It is written as one would write it down the first time, one
pair after the other: this is the pipeline's hot spot, and it is there to be found.
"""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

import numpy as np
import scipy.stats
from numpy.typing import NDArray

stats: Any = scipy.stats  # it ships no types

Spectrum = NDArray[np.float64]
"""Radial power spectrum, one value for each annulus of wave number: shape (7,), counts squared."""

PATCH_SIDE = 15
WAVE_NUMBER_EDGES = np.arange(0.5, 8.0)


def power_spectrum_statistic(clipped: np.ma.MaskedArray[Any, Any], shuffles: int, random: np.random.Generator) -> float:
    """How far the middle of an image stands out from the same pixels in random order.

    Args:
        clipped: a sigma-clipped image, at least 15×15, in counts; masked pixels become noise.
        shuffles: number of shuffled copies, at least 2.
        random: gives the noise and the shuffles.

    Returns:
        The two-sample Kolmogorov–Smirnov statistic, 0–1, between the distances real–shuffled and shuffled–shuffled.
    """
    image = fill_with_noise(clipped, random)
    spectrum = radial_power_spectrum(central_patch(image))
    shuffled_spectra: list[Spectrum] = []
    for _ in range(shuffles):
        shuffled = np.reshape(random.permutation(image.ravel()), image.shape)
        shuffled_spectra.append(radial_power_spectrum(central_patch(shuffled)))
    distances_to_image = [stats.wasserstein_distance(spectrum, shuffled) for shuffled in shuffled_spectra]
    distances_between_shuffled = all_pair_distances(shuffled_spectra)
    return float(stats.ks_2samp(distances_to_image, distances_between_shuffled, method="asymp").statistic)


def fill_with_noise(clipped: np.ma.MaskedArray[Any, Any], random: np.random.Generator) -> NDArray[np.float64]:
    """The image with its masked pixels drawn from a normal distribution like that of its unmasked ones."""
    # In single precision the squares of a detector's "no value" (-3.4e38, seen in real templates) overflow.
    image = np.array(clipped.data, dtype=np.float64)
    masked = np.ma.getmaskarray(clipped)
    background = image[~masked]
    image[masked] = random.normal(np.median(background), np.std(background), size=np.count_nonzero(masked))
    return image


def central_patch(image: NDArray[np.float64]) -> NDArray[np.float64]:
    """The 15×15 pixels in the middle of an image."""
    top = (image.shape[0] - PATCH_SIDE) // 2
    left = (image.shape[1] - PATCH_SIDE) // 2
    return image[top : top + PATCH_SIDE, left : left + PATCH_SIDE]


def radial_power_spectrum(patch: NDArray[np.float64]) -> Spectrum:
    """|FFT|² of a square patch averaged in annuli of wave number, times the area of each annulus.

    Wave numbers count the waves across the patch; the annuli's edges are 0.5, 1.5, …, 7.5.
    """
    power = np.abs(np.fft.fft2(patch)) ** 2
    frequency = np.fft.fftfreq(len(patch)) * len(patch)
    wave_number = np.hypot(frequency[:, np.newaxis], frequency[np.newaxis, :])
    spectrum = np.empty(len(WAVE_NUMBER_EDGES) - 1)
    for annulus, (inner, outer) in enumerate(pairwise(WAVE_NUMBER_EDGES)):
        inside = (wave_number >= inner) & (wave_number < outer)
        spectrum[annulus] = power[inside].mean() * np.pi * (outer**2 - inner**2)
    return spectrum


def all_pair_distances(spectra: list[Spectrum]) -> list[float]:
    """The 1-D Wasserstein distance of every pair: n (n - 1) / 2 of them, 19,900 for 200 spectra."""
    distances: list[float] = []
    for one, other in combinations(spectra, 2):
        distances.append(stats.wasserstein_distance(one, other))
    return distances
