"""The power-spectrum test against answers known on paper."""

from __future__ import annotations

import numpy as np
import pytest

from jupyterlab_hotspots.reference.power_spectrum import (
    PATCH_SIDE,
    all_pair_distances,
    central_patch,
    fill_with_noise,
    power_spectrum_statistic,
    radial_power_spectrum,
)


@pytest.mark.parametrize("waves", [1, 3, 7])
def test_a_plane_wave_is_all_in_its_own_annulus(waves: int) -> None:
    x = np.arange(PATCH_SIDE)
    patch = np.tile(2.0 * np.cos(2 * np.pi * waves * x / PATCH_SIDE), (PATCH_SIDE, 1))
    spectrum = radial_power_spectrum(patch)
    # Amplitude 2 gives two Fourier components of |F|² = n⁴, averaged over the annulus' lattice points, times its area.
    k = np.arange(-7, 8)
    radius = np.hypot(k[:, np.newaxis], k)
    points = np.count_nonzero((radius >= waves - 0.5) & (radius < waves + 0.5))
    area = np.pi * ((waves + 0.5) ** 2 - (waves - 0.5) ** 2)
    expected = np.zeros(7)
    expected[waves - 1] = 2 * PATCH_SIDE**4 / points * area
    np.testing.assert_allclose(spectrum, expected, rtol=1e-9, atol=1e-6)


def test_a_flat_background_does_not_count() -> None:
    patch = np.random.default_rng(2).normal(size=(PATCH_SIDE, PATCH_SIDE))
    np.testing.assert_allclose(radial_power_spectrum(patch + 500.0), radial_power_spectrum(patch), rtol=1e-6)


def test_the_patch_is_the_middle_of_the_stamp() -> None:
    rows, columns = np.indices((63, 63), dtype=float)
    assert central_patch(rows)[:, 0].tolist() == list(range(24, 39))
    assert central_patch(columns)[0].tolist() == list(range(24, 39))


def test_every_pair_is_compared_once() -> None:
    spectra = list(np.random.default_rng(4).exponential(size=(200, 7)))
    assert len(all_pair_distances(spectra)) == 19_900


def test_the_distance_of_a_pair_is_that_of_their_sorted_values() -> None:
    spectra = list(np.random.default_rng(5).exponential(size=(4, 7)))
    expected = [
        np.abs(np.sort(spectra[one]) - np.sort(spectra[other])).mean()
        for one in range(4)
        for other in range(one + 1, 4)
    ]
    np.testing.assert_allclose(all_pair_distances(spectra), expected)


def test_masked_pixels_become_noise_and_the_others_stay() -> None:
    random = np.random.default_rng(6)
    image = random.normal(100, 5, size=(63, 63))
    mask = np.zeros((63, 63), dtype=bool)
    mask[20:40, 20:40] = True
    image[mask] = 1e6
    filled = fill_with_noise(np.ma.MaskedArray(image, mask), random)
    np.testing.assert_array_equal(filled[~mask], image[~mask])
    assert abs(np.median(filled[mask]) - 100) < 1
    assert abs(filled[mask].std() - 5) < 0.7


def test_a_stamp_with_the_detectors_no_value_is_analysed_all_the_same() -> None:
    random = np.random.default_rng(7)
    image = random.normal(100, 5, size=(63, 63)).astype(np.float32)
    image[16:33, :8] = np.finfo(np.float32).min
    statistic = power_spectrum_statistic(np.ma.MaskedArray(image), 5, random)
    assert 0 <= statistic <= 1


def test_a_source_in_the_middle_stands_out_and_noise_does_not() -> None:
    random = np.random.default_rng(8)
    noise = random.normal(100, 5, size=(63, 63))
    y, x = np.indices((63, 63))
    source = noise + 400 * np.exp(-((x - 31) ** 2 + (y - 31) ** 2) / 18)
    assert power_spectrum_statistic(np.ma.MaskedArray(source), 20, random) > 0.9
    assert power_spectrum_statistic(np.ma.MaskedArray(noise), 20, random) < 0.5
