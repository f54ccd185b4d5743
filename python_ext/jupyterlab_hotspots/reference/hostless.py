"""Does this alert's transient have no host galaxy? One alert from its stamps to its result.

The method is that of ELEPHANT (arXiv:2404.18165): a source that one image shows and the other does not.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import astropy.stats
import numpy as np

from jupyterlab_hotspots.reference.alerts import Alert
from jupyterlab_hotspots.reference.power_spectrum import power_spectrum_statistic
from jupyterlab_hotspots.reference.stamps import Image, read_stamp

stats: Any = astropy.stats  # astropy and numpy.ma ship no full types
ma: Any = np.ma

Clipped = np.ma.MaskedArray[Any, Any]

FULL_SIZE = (63, 63)
NO_RESULT = -99.0
CENTRE_SIDE = 14
DETECTED_ABOVE = 5
ABSENT_BELOW = 3


@dataclass(frozen=True)
class HostlessResult:
    """What the stage says about one alert.

    `science` and `template` are the Kolmogorov–Smirnov statistics of the two images, 0–1, or -99 where the
    analysis was not made; `problem` tells why a stamp could not be read.
    """

    science: float = NO_RESULT
    template: float = NO_RESULT
    full_size: bool = False
    candidate: bool = False
    problem: str | None = None


WRONG_SIZE = HostlessResult()
NO_CANDIDATE = HostlessResult(full_size=True)


def find_hostless(alert: Alert, shuffles: int = 200, seed: int = 0) -> HostlessResult:
    """Run the whole stage on one alert.

    Args:
        alert: the alert; what is drawn at random depends on its names and `seed` alone.
        shuffles: shuffled copies a candidate's images are compared with, at least 2.
        seed: 0 or more.

    Raises:
        UnreadableStampError: a stamp is missing or damaged.
    """
    science = read_stamp(alert.science_stamp)
    template = read_stamp(alert.template_stamp)
    if science.shape != FULL_SIZE or template.shape != FULL_SIZE:
        return WRONG_SIZE
    science_clipped, template_clipped = clip(science), clip(template)
    if is_candidate(science_clipped, template_clipped):
        return analyse_power_spectra(science_clipped, template_clipped, shuffles, random_for(alert, seed))
    return NO_CANDIDATE


def clip(image: Image) -> Clipped:
    """Mask the pixels over 3 standard deviations from the median, at most 10 times over, and those without value."""
    return stats.sigma_clip(image, sigma=3, maxiters=10)


def is_candidate(science_clipped: Clipped, template_clipped: Clipped) -> bool:
    """Whether one image has a source where the other has none: anywhere in the stamp, or else in its centre."""
    if only_one_has_a_source(science_clipped, template_clipped):
        return True
    return only_one_has_a_source(centre(science_clipped), centre(template_clipped))


def only_one_has_a_source(science: Clipped, template: Clipped) -> bool:
    """Clip both images once more: more than 5 pixels masked in one and fewer than 3 in the other."""
    in_science = int(ma.count_masked(clip(science)))
    in_template = int(ma.count_masked(clip(template)))
    if in_science > DETECTED_ABOVE and in_template < ABSENT_BELOW:
        return True
    return in_template > DETECTED_ABOVE and in_science < ABSENT_BELOW


def centre(image: Clipped) -> Clipped:
    """The central 14×14 pixels; of an odd side, the middle pixel is the first of the second half."""
    top = image.shape[0] // 2 - CENTRE_SIDE // 2
    left = image.shape[1] // 2 - CENTRE_SIDE // 2
    return image[top : top + CENTRE_SIDE, left : left + CENTRE_SIDE]


def analyse_power_spectra(
    science_clipped: Clipped, template_clipped: Clipped, shuffles: int, random: np.random.Generator
) -> HostlessResult:
    """The power-spectrum test of a candidate's two images."""
    science = power_spectrum_statistic(science_clipped, shuffles, random)
    template = power_spectrum_statistic(template_clipped, shuffles, random)
    return HostlessResult(science, template, full_size=True, candidate=True)


def random_for(alert: Alert, seed: int) -> np.random.Generator:
    """The alert's own random numbers: neither its place in the file nor the alerts before it change them."""
    names = hashlib.sha256(f"{alert.object_id} {alert.candid}".encode()).digest()
    return np.random.default_rng([seed, int.from_bytes(names, "little")])
