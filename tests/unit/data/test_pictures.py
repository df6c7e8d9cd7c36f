"""Pictures from strangers decode to the right pixels, or are refused with a `Problem`."""

import struct
from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cnnviz.data.headers import claimed_size
from cnnviz.data.pictures import Picture, _eight_bit, decode, plane, square
from cnnviz.problems import Problem
from tests.pictures import CASES, RED, chunk, encode, gradient, grey16, oriented, png

PNG = encode(gradient(), "PNG")
FORMATS = ("PNG", "JPEG", "WEBP", "BMP")
ACCEPTED = [name for name, (_, accepted) in CASES.items() if accepted]
REFUSED = [name for name in CASES if name not in ACCEPTED]
REASONS = {
    "empty.png": "picture_empty",
    "truncated.jpg": "picture_damaged",
    "truncated.png": "picture_damaged",
    "signature_only.png": "picture_damaged",
    "huge.png": "picture_huge",
    "text.png": "picture_format",
    "archive.png": "picture_format",
    "picture.gif": "picture_format",
    "picture.svg": "picture_format",
    "picture.tiff": "picture_format",
    "gif_named.png": "picture_format",
}


def refusal(call: Callable[[], object]) -> Problem:
    with pytest.raises(Problem) as caught:
        call()
    return caught.value


def pixels(name: str) -> list[list[list[int]]]:
    return decode(CASES[name][0]).pixels.tolist()


@pytest.mark.parametrize("name", ACCEPTED)
def test_every_good_picture_is_three_planes_of_bytes(name: str) -> None:
    found = decode(CASES[name][0]).pixels
    assert found.dtype == torch.uint8
    assert found.ndim == 3
    assert found.shape[0] == 3


@pytest.mark.parametrize("name", REFUSED)
def test_every_bad_picture_is_refused_for_its_own_reason(name: str) -> None:
    assert refusal(lambda: decode(CASES[name][0])).kind == REASONS[name]


@pytest.mark.parametrize(
    ("name", "notes"),
    [
        ("plain.png", ()),
        ("animated.png", ("first_frame",)),
        ("animated.webp", ("first_frame",)),
        ("grey16.png", ("sixteen_bit",)),
        ("rgba.png", ("composited",)),
        ("palette_transparent.png", ("composited",)),
        ("rotated.png", ("rotated",)),
    ],
)
def test_notes_say_what_was_done(name: str, notes: tuple[str, ...]) -> None:
    assert decode(CASES[name][0]).notes == notes


@pytest.mark.parametrize("file_format", ["PNG", "BMP"])
def test_lossless_formats_keep_every_pixel(file_format: str) -> None:
    found = decode(encode(gradient(), file_format)).pixels
    assert np.array_equal(found.permute(1, 2, 0).numpy(), np.asarray(gradient()))


@pytest.mark.parametrize("name", ["animated.png", "animated.webp"])
def test_the_first_frame_of_an_animation_is_taken(name: str) -> None:
    assert decode(CASES[name][0]).pixels[:, 0, 0].tolist() == list(RED)


def test_a_camera_jpeg_with_a_second_picture_is_no_animation() -> None:
    preview = gradient(8, 8)
    blob = encode(gradient(), "MPO", save_all=True, append_images=[preview])
    assert decode(blob).notes == ()


def test_cmyk_becomes_the_colours_it_was_made_from() -> None:
    exact = torch.from_numpy(np.array(gradient())).permute(2, 0, 1).int()
    assert (decode(CASES["cmyk.jpg"][0]).pixels.int() - exact).abs().max() < 24


def test_sixteen_bit_greys_are_scaled_not_clipped() -> None:
    assert decode(grey16(0, 257, 32896, 65535)).pixels.tolist() == [[[0, 1, 128, 255]]] * 3


@pytest.mark.parametrize("mode", ["I;16", "I;16B", "I", "F"])
def test_all_deep_modes_of_pillow_are_scaled_alike(mode: str) -> None:
    kinds = {"I;16": "<u2", "I;16B": ">u2", "I": "<i4", "F": "<f4"}
    values = np.array([[0, 257, 32896, 65535]], kinds[mode])
    image = Image.frombytes(mode, (4, 1), values.tobytes())
    assert np.asarray(_eight_bit(image)).tolist() == [[0, 1, 128, 255]]


def test_a_transparent_sixteen_bit_grey_becomes_white() -> None:
    rows = b"\0" + struct.pack(">2H", 300, 0)
    found = decode(png(2, 1, 16, 0, rows, extra=chunk(b"tRNS", struct.pack(">H", 300))))
    assert found.pixels.tolist() == [[[255, 0]]] * 3
    assert found.notes == ("sixteen_bit", "composited")


def test_sixteen_bit_colours_are_scaled_and_noted() -> None:
    found = decode(png(1, 1, 16, 2, b"\0" + struct.pack(">3H", 65535, 32896, 0)))
    assert found.pixels.flatten().tolist() == [255, 128, 0]
    assert found.notes == ("sixteen_bit",)


def test_transparency_is_put_on_white() -> None:
    assert pixels("rgba.png")[1][0][0] == 255
    assert pixels("palette_transparent.png") == [[[255, 0]], [[255, 0]], [[255, 255]]]
    assert pixels("grey_alpha.png")[0][0][0] == 127  # half black, half white


def test_an_alpha_channel_that_hides_nothing_is_not_noted() -> None:
    found = decode(encode(Image.new("RGBA", (2, 2), (10, 20, 30, 255)), "PNG"))
    assert found.notes == ()
    assert found.pixels[:, 0, 0].tolist() == [10, 20, 30]


@pytest.mark.parametrize(
    ("orientation", "row", "column"),
    [(2, 0, 2), (3, 1, 2), (4, 1, 0), (5, 0, 0), (6, 0, 1), (7, 2, 1), (8, 2, 0)],
)
def test_exif_orientation_is_applied(orientation: int, row: int, column: int) -> None:
    found = decode(oriented(orientation))
    assert found.notes == ("rotated",)
    assert found.pixels[0].nonzero().tolist() == [[row, column]]
    assert found.pixels.shape[1:] == ((2, 3) if orientation < 5 else (3, 2))


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_broken_exif_data_do_not_cost_the_picture() -> None:
    found = decode(encode(gradient(), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff"))
    assert found.pixels.shape == (3, 24, 32)


@pytest.mark.parametrize("file_format", FORMATS)
def test_headers_tell_the_size_that_pillow_finds(file_format: str) -> None:
    assert claimed_size(encode(gradient(37, 5), file_format)) == (37, 5)


@pytest.mark.parametrize(
    "options", [{"lossless": True}, {"exif": b"Exif\0\0"}], ids=["VP8L", "VP8X"]
)
def test_headers_tell_the_size_of_every_kind_of_webp(options: dict[str, object]) -> None:
    assert claimed_size(encode(gradient(37, 5), "WEBP", **options)) == (37, 5)


@pytest.mark.parametrize("file_format", FORMATS)
def test_huge_pictures_are_refused_with_their_size(file_format: str) -> None:
    blob = encode(Image.new("1", (6000, 5000)), file_format, lossless=True, method=0, quality=0)
    problem = refusal(lambda: decode(blob))
    assert problem.kind == "picture_huge"
    assert problem.values == {"width": 6000, "height": 5000, "megapixels": 30.0, "limit": 25}


def test_exactly_25_megapixels_are_accepted_and_one_row_more_is_not() -> None:
    assert decode(encode(Image.new("1", (5000, 5000)), "PNG")).pixels.shape == (3, 5000, 5000)
    problem = refusal(lambda: decode(encode(Image.new("1", (5000, 5001)), "PNG")))
    assert problem.values["megapixels"] == 25.1  # rounded up, never "25 of 25"


def test_more_than_20_megabytes_are_refused_unread() -> None:
    problem = refusal(lambda: decode(PNG + bytes(20 * 2**20)))
    assert problem.kind == "picture_heavy"
    assert problem.values == {"megabytes": 20.1, "limit": 20}


@given(st.binary(max_size=400), st.sampled_from([b"", PNG[:8], b"\xff\xd8\xff", b"BM", b"RIFF"]))
def test_any_bytes_decode_or_are_refused(tail: bytes, start: bytes) -> None:
    decodes_or_is_refused(start + tail)


@given(
    st.sampled_from(ACCEPTED),
    st.integers(0),
    st.integers(1, 255),
)
def test_any_one_wrong_byte_decodes_or_is_refused(name: str, place: int, flip: int) -> None:
    blob = bytearray(CASES[name][0])
    blob[place % len(blob)] ^= flip
    decodes_or_is_refused(bytes(blob))


@given(st.sampled_from([name for name in CASES if name != "empty.png"]), st.integers(0))
def test_any_picture_cut_short_decodes_or_is_refused(name: str, length: int) -> None:
    blob = CASES[name][0]
    decodes_or_is_refused(blob[: length % len(blob)])


def decodes_or_is_refused(blob: bytes) -> None:
    try:
        found = decode(blob)
    except Problem:
        return
    assert found.pixels.dtype == torch.uint8
    assert found.pixels.shape[0] == 3


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 256))
def test_the_longer_side_is_as_asked(width: int, height: int, side: int) -> None:
    found = plane(Picture(torch.zeros(3, height, width, dtype=torch.uint8), ()), side)
    assert max(found.shape) == side
    assert min(found.shape) >= 1
    assert (found.shape[1] >= found.shape[0]) if width > height else True


def test_a_thin_picture_keeps_one_pixel() -> None:
    assert plane(decode(CASES["long.png"][0]), 28).tolist() == [[9] * 28]


def test_each_channel_is_its_own_plane() -> None:
    picture = decode(encode(Image.new("RGB", (4, 4), (10, 20, 30)), "PNG"))
    values = {name: plane(picture, 4, name)[0, 0].item() for name in ("red", "green", "blue")}
    assert values == {"red": 10, "green": 20, "blue": 30}


def test_grey_is_the_luma_of_the_three_channels() -> None:
    picture = decode(encode(Image.new("RGB", (2, 2), (200, 100, 50)), "PNG"))
    assert plane(picture, 2)[0, 0].item() == round(0.299 * 200 + 0.587 * 100 + 0.114 * 50)


def test_the_same_size_changes_no_pixel() -> None:
    picture = decode(PNG)
    assert torch.equal(plane(picture, 32, "green"), picture.pixels[1])


def test_scaling_down_averages_instead_of_dropping_pixels() -> None:
    stripes = torch.tensor([0, 255] * 128, dtype=torch.uint8).expand(3, 256, 256)
    small = plane(Picture(stripes, ()), 16).int()
    assert (small - 128).abs().max() <= 16


@pytest.mark.parametrize("side", [7, 200])
def test_scaling_makes_no_halo_beside_an_edge(side: int) -> None:
    edge = torch.tensor([60] * 20 + [190] * 20, dtype=torch.uint8).expand(3, 40, 40)
    found = plane(Picture(edge, ()), side)
    assert found.min() == 60
    assert found.max() == 190


@pytest.mark.parametrize("side", [0, -1, 257])
def test_a_side_out_of_range_is_refused(side: int) -> None:
    problem = refusal(lambda: plane(decode(PNG), side))
    assert (problem.kind, problem.values) == ("side_range", {"side": side, "low": 1, "high": 256})


def test_an_unknown_channel_is_refused_with_the_known_ones() -> None:
    problem = refusal(lambda: plane(decode(PNG), 8, "alpha"))
    assert str(problem) == (
        "There is no channel called alpha; choose one of grey, red, green, blue."
    )


# ---- squares


@pytest.mark.parametrize(("height", "width"), [(20, 50), (50, 20), (20, 20), (22, 50)])
@pytest.mark.parametrize("side", [8, 20, 32])
def test_square_is_the_middle_of_the_picture(height: int, width: int, side: int) -> None:
    pixels = torch.zeros(3, height, width, dtype=torch.uint8)
    edge = min(height, width)
    top, left = (height - edge) // 2, (width - edge) // 2
    pixels[0, top : top + edge, left : left + edge] = 200
    pixels[1, : max(0, top - 2)], pixels[1, top + edge + 2 :] = 200, 200
    pixels[1, :, : max(0, left - 2)], pixels[1, :, left + edge + 2 :] = 200, 200
    found = square(Picture(pixels, ()), side)
    assert found.shape == (3, side, side)
    assert found.dtype == torch.uint8
    assert (found[0, 1:-1, 1:-1] == 200).all()
    assert not found[1:, 1:-1, 1:-1].any()


def test_square_keeps_up_and_left() -> None:
    pixels = torch.arange(16, dtype=torch.uint8).reshape(4, 4).repeat(3, 1, 1)
    assert torch.equal(square(Picture(pixels, ()), 4), pixels)
