"""Stamps are read whatever the survey sends, and refused with a reason, never with a parser's traceback."""

from __future__ import annotations

import gzip
import io

import numpy as np
import pytest
from astropy.io import fits

from jupyterlab_hotspots.reference.stamps import UnreadableStampError, read_stamp, write_stamp


def an_image(rows: int = 63, columns: int = 63) -> np.ndarray:
    image = np.random.default_rng(1).normal(100, 10, size=(rows, columns)).astype(np.float32)
    image[0, 0] = np.nan
    return image


@pytest.mark.parametrize("shape", [(63, 63), (63, 62), (58, 63)])
def test_an_image_comes_back_as_it_was_written(shape: tuple[int, int]) -> None:
    image = an_image(*shape)
    np.testing.assert_array_equal(read_stamp(write_stamp(image)), image)


def test_what_we_write_is_standard_fits() -> None:
    raw = gzip.decompress(write_stamp(an_image(58, 63)))
    assert len(raw) % 2880 == 0
    with fits.open(io.BytesIO(raw)) as hdus:
        hdus.verify("exception")
        assert hdus[0].header["NAXIS1"] == 63
        assert hdus[0].header["NAXIS2"] == 58


def test_equal_images_give_equal_bytes() -> None:
    assert write_stamp(an_image()) == write_stamp(an_image())


def test_a_stamp_written_by_astropy_is_read() -> None:
    file = io.BytesIO()
    fits.PrimaryHDU(an_image()).writeto(file)
    np.testing.assert_array_equal(read_stamp(gzip.compress(file.getvalue())), an_image())


def _table_without_image() -> bytes:
    file = io.BytesIO()
    fits.PrimaryHDU().writeto(file)
    return gzip.compress(file.getvalue())


@pytest.mark.parametrize(
    ("stamp", "reason"),
    [
        pytest.param(None, "null", id="null"),
        pytest.param(b"", "corrupt", id="empty"),
        pytest.param(b"not gzip at all", "corrupt", id="not gzip"),
        pytest.param(write_stamp(an_image())[:3000], "corrupt", id="cut short"),
        pytest.param(gzip.compress(b"not FITS"), "corrupt", id="not FITS"),
        pytest.param(gzip.compress(gzip.decompress(write_stamp(an_image()))[:4000]), "corrupt", id="pixels missing"),
        pytest.param(_table_without_image(), "corrupt", id="no image"),
        pytest.param(write_stamp(np.full((63, 63), np.nan)), "blank", id="all NaN"),
    ],
)
@pytest.mark.filterwarnings("ignore::astropy.utils.exceptions.AstropyWarning")
def test_a_bad_stamp_is_refused_with_its_reason(stamp: bytes | None, reason: str) -> None:
    with pytest.raises(UnreadableStampError) as error:
        read_stamp(stamp)
    assert error.value.reason == reason


@pytest.mark.filterwarnings("ignore")
def test_no_damage_to_the_bytes_gets_past_the_reader_as_another_error() -> None:
    random = np.random.default_rng(5)
    whole = gzip.decompress(write_stamp(an_image()))
    refused = 0
    for _ in range(300):
        damaged = bytearray(whole)
        for place in random.integers(0, 480, size=3):
            damaged[place] = random.integers(256)
        try:
            read_stamp(gzip.compress(bytes(damaged), compresslevel=1))
        except UnreadableStampError:
            refused += 1
    assert refused > 0
