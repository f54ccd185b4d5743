"""What a simulated alert shows: a patch of sky as the survey's camera sees it tonight and as it remembers it.

The figures are those of the real stream's stamps, rounded: noise 7–16 counts tonight and a few in the template,
stars two to three pixels wide, a hole of NaN in one alert of seven (a saturated star, cut out of both images).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["ordinary", "candidate", "wrong size"]

SIDE = 63
MIDDLE = SIDE // 2
CUT_SHAPES = ((63, 62), (58, 63), (63, 47), (41, 63))
"""Sizes of stamps at the detector's edge; the first two occur in the real alerts."""

HOLE_SHARE = 0.145
VANISHED_SHARE = 0.3
"""Of the candidates, those whose source is in the template and gone tonight."""

CENTRE_RADIUS = 10.0
"""Pixels from the middle to the corners of the central 14×14, where candidates are told from the rest."""

CLEAR_WIDTHS = 6.0
"""At this many Gaussian widths not even a bright source disturbs a neighbour."""


@dataclass(frozen=True)
class Sources:
    """Round sources: positions in pixels, Gaussian sizes before seeing in pixels, and fluxes in counts; shape (n,)."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    size: NDArray[np.float64]
    flux: NDArray[np.float64]

    def seen(self, seeing: float) -> NDArray[np.float64]:
        """The image of all sources, (63, 63), in counts, through a Gaussian seeing of the given width in pixels."""
        width = np.hypot(self.size, seeing)[:, np.newaxis]
        pixels = np.arange(SIDE)
        columns = np.exp(-0.5 * ((pixels - self.x[:, np.newaxis]) / width) ** 2)
        rows = np.exp(-0.5 * ((pixels - self.y[:, np.newaxis]) / width) ** 2)
        peaks = self.flux[:, np.newaxis] / (2 * np.pi * width**2)
        return np.transpose(rows * peaks) @ columns


def simulate_stamps(kind: Kind, random: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A science and a template image that the hostless stage will judge to be of this kind.

    Returns:
        Two images of one shape, (63, 63) unless `kind` is ``"wrong size"``, in counts, with NaN where nothing is known.
    """
    noise = random.uniform(7, 16)
    template_noise = noise * random.uniform(0.15, 0.5)
    background = random.lognormal(math.log(130), 0.7)
    seeing, template_seeing = random.uniform(0.9, 1.3, size=2)
    field = _field(random, noise, clear_centre=kind == "candidate")
    science = background + field.seen(seeing)
    template = background + field.seen(template_seeing)
    science_noise = noise * random.standard_normal((SIDE, SIDE))
    template_noise_image = template_noise * random.standard_normal((SIDE, SIDE))
    source = _central_source(random, noise)
    if kind != "candidate":
        science += source.seen(seeing) * random.lognormal(0, 0.2)
        template += source.seen(template_seeing)
    elif random.random() < VANISHED_SHARE:
        template += source.seen(template_seeing)
        _calm_centre(science_noise, noise)
    else:
        science += source.seen(seeing)
        _calm_centre(template_noise_image, template_noise)
    science += science_noise
    template += template_noise_image
    if random.random() < HOLE_SHARE:
        hole = _hole(random)
        science[hole] = template[hole] = np.nan
    rows, columns = CUT_SHAPES[random.integers(len(CUT_SHAPES))] if kind == "wrong size" else (SIDE, SIDE)
    return science[:rows, :columns].astype(np.float32), template[:rows, :columns].astype(np.float32)


def _field(random: np.random.Generator, noise: float, *, clear_centre: bool) -> Sources:
    """Stars, many faint and few bright, and a few galaxies; none that reaches into a centre that is to be clear."""
    stars, galaxies = random.poisson(11), random.poisson(2)
    count = stars + galaxies
    x, y = random.uniform(-2, SIDE + 1, size=(2, count))
    size = np.concatenate([np.zeros(stars), random.uniform(0.8, 2.5, size=galaxies)])
    flux = noise * np.minimum(40 * (1 + random.pareto(0.9, size=count)), 20_000)
    if clear_centre:
        reach = CENTRE_RADIUS + CLEAR_WIDTHS * np.hypot(size, 1.3)
        outside = np.hypot(x - MIDDLE, y - MIDDLE) > reach
        x, y, size, flux = x[outside], y[outside], size[outside], flux[outside]
    return Sources(x, y, size, flux)


def _central_source(random: np.random.Generator, noise: float) -> Sources:
    """One star near the middle, 40 times the noise at its peak or more: what the alert was raised for."""
    x, y = MIDDLE + random.uniform(-0.7, 0.7, size=(2, 1))
    return Sources(x, y, np.zeros(1), noise * 10 ** random.uniform(2.6, 3.5, size=1))


def _calm_centre(noise_image: NDArray[np.float64], noise: float) -> None:
    """Take the chance outliers out of a blank centre, so that no candidate is lost to three noisy pixels."""
    centre = noise_image[MIDDLE - 7 : MIDDLE + 7, MIDDLE - 7 : MIDDLE + 7]
    centre[np.abs(centre) > 2.4 * noise] /= 2


def _hole(random: np.random.Generator) -> NDArray[np.bool_]:
    """A disc beside the centre, at least partly in the stamp, (63, 63)."""
    radius = random.uniform(3, 13)
    angle = random.uniform(0, 2 * np.pi)
    distance = random.uniform(CENTRE_RADIUS + radius, MIDDLE)
    rows, columns = np.ogrid[:SIDE, :SIDE]
    return np.hypot(columns - MIDDLE - distance * np.cos(angle), rows - MIDDLE - distance * np.sin(angle)) < radius
