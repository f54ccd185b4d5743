"""One alert's way through the stage: size, clipping, decision, and random numbers of its own."""

from __future__ import annotations

import numpy as np
import pytest

from jupyterlab_hotspots.reference.alerts import Alert
from jupyterlab_hotspots.reference.hostless import (
    NO_RESULT,
    centre,
    clip,
    find_hostless,
    is_candidate,
    only_one_has_a_source,
    random_for,
)
from jupyterlab_hotspots.reference.simulated_sky import Kind, simulate_stamps
from jupyterlab_hotspots.reference.stamps import UnreadableStampError, write_stamp


def flat(bright: int = 0, seed: int = 1) -> np.ndarray:
    """Even noise that no clipping touches, with so many bright pixels, all in the central 14x14."""
    image = np.random.default_rng(seed).uniform(-1, 1, size=(63, 63))
    image[30, 25 : 25 + bright] = 1000
    return image


def alert_of(kind: Kind, seed: int = 1, candid: int = 7) -> Alert:
    science, template = simulate_stamps(kind, np.random.default_rng(seed))
    return Alert("ZTF24aaaaaaa", candid, write_stamp(science), write_stamp(template))


@pytest.mark.parametrize(
    ("in_science", "in_template", "decision"),
    [
        (6, 0, True),
        (6, 2, True),
        (6, 3, False),
        (5, 0, False),
        (0, 6, True),
        (2, 6, True),
        (3, 6, False),
        (9, 9, False),
    ],
)
def test_a_source_is_more_than_5_pixels_and_no_source_fewer_than_3(
    in_science: int, in_template: int, decision: bool
) -> None:
    assert only_one_has_a_source(clip(flat(in_science)), clip(flat(in_template))) is decision


def test_the_centre_decides_where_the_whole_stamp_does_not() -> None:
    science, template = flat(8), flat(0)
    science[5, 5:15] = template[5, 5:15] = 1000
    assert not only_one_has_a_source(clip(science), clip(template))
    assert is_candidate(clip(science), clip(template))


def test_the_same_source_in_both_is_no_candidate() -> None:
    assert not is_candidate(clip(flat(8)), clip(flat(8, seed=2)))


@pytest.mark.filterwarnings("ignore::astropy.utils.exceptions.AstropyWarning")
def test_pixels_without_value_are_masked() -> None:
    image = flat()
    image[3, 4:9] = np.nan
    assert np.argwhere(clip(image).mask).tolist() == [[3, column] for column in range(4, 9)]


def test_the_centre_is_14_pixels_wide_around_the_middle() -> None:
    rows, columns = (np.ma.MaskedArray(index) for index in np.indices((63, 63)))
    assert centre(rows).shape == (14, 14)
    assert (centre(rows).min(), centre(rows).max()) == (24, 37)
    assert (centre(columns).min(), centre(columns).max()) == (24, 37)


@pytest.mark.filterwarnings("ignore::astropy.utils.exceptions.AstropyWarning")
def test_each_kind_of_alert_gets_its_result() -> None:
    wrong_size = find_hostless(alert_of("wrong size"), shuffles=3)
    assert (wrong_size.full_size, wrong_size.candidate, wrong_size.science) == (False, False, NO_RESULT)
    ordinary = find_hostless(alert_of("ordinary"), shuffles=3)
    assert (ordinary.full_size, ordinary.candidate, ordinary.template) == (True, False, NO_RESULT)
    candidate = find_hostless(alert_of("candidate"), shuffles=3)
    assert (candidate.full_size, candidate.candidate) == (True, True)
    assert 0 <= candidate.science <= 1
    assert 0 <= candidate.template <= 1


def test_one_stamp_of_the_wrong_size_is_enough() -> None:
    good, small = write_stamp(flat()), write_stamp(flat()[:62])
    assert not find_hostless(Alert("a", 1, good, small)).full_size
    assert not find_hostless(Alert("a", 1, small, good)).full_size


def test_a_missing_stamp_is_said() -> None:
    with pytest.raises(UnreadableStampError, match="null"):
        find_hostless(Alert("a", 1, None, write_stamp(flat())))


def test_random_numbers_come_from_the_seed_and_the_alerts_names() -> None:
    def first(object_id: str | None, candid: int | None, seed: int) -> int:
        return int(random_for(Alert(object_id, candid, None, None), seed).integers(2**32))

    # Fixed: not even another process, with another hash seed, may draw other numbers.
    assert first("ZTF24aaknknn", 2666169054515015006, 0) == 2_584_462_692
    draws = {first("a", 1, 0), first("a", 1, 1), first("a", 2, 0), first("b", 1, 0), first(None, None, 0)}
    assert len(draws) == 5


@pytest.mark.filterwarnings("ignore::astropy.utils.exceptions.AstropyWarning")
def test_another_seed_gives_another_result_and_the_same_seed_the_same() -> None:
    alert = alert_of("candidate", seed=4)
    result = find_hostless(alert, shuffles=12, seed=0)
    assert find_hostless(alert, shuffles=12, seed=0) == result
    assert find_hostless(alert, shuffles=12, seed=1) != result
