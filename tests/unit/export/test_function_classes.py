"""The code of the page of function classes gives the core's numbers."""

import itertools

import pytest
import torch

from cnnviz.export.function_classes import block_code, depth_code, fits_code, regions_code
from cnnviz.models.function_classes import ARRANGEMENTS, TRUTH
from cnnviz.models.function_fits import NESTED, OTHERS, TARGETS, fits
from cnnviz.models.identity import STARTS, Start, course, one_block
from tests.unit.export.test_code import run

EVERY = [Start(*options, 7) for options in itertools.product(STARTS, (True, False), (True, False))]


@pytest.mark.parametrize("name", ARRANGEMENTS)
def test_code_of_the_regions_gives_their_distances(name: str) -> None:
    found = run(regions_code(ARRANGEMENTS[name], TRUTH))
    expected = [disc.distance(TRUTH) for disc in ARRANGEMENTS[name]]
    torch.testing.assert_close(found["Y"], torch.tensor(expected))
    assert f"rises: {name == 'loose'}" in found["printed"]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("families", [*itertools.product(NESTED, OTHERS)], ids="-".join)
def test_code_of_the_fits_gives_their_errors(target: str, families: tuple[str, str]) -> None:
    found = run(fits_code(target, families, 4))
    expected = [[fit.error for fit in fits(target, family, 4)] for family in families]
    torch.testing.assert_close(found["Y"], torch.tensor(expected))


@pytest.mark.parametrize("how", EVERY, ids=str)
def test_code_of_a_block_gives_its_planes(how: Start) -> None:
    x = torch.tensor([[3.0, -1, 12], [-3, 1, 0.5]])
    found, planes = run(block_code(x, how)), one_block(x, how)
    expected = torch.stack([planes.g, planes.sum, planes.residual, planes.plain])
    torch.testing.assert_close(found["Y"], expected)
    identity = how.start == "zero" and not how.relu
    assert f"identity: {identity}" in found["printed"]


@pytest.mark.parametrize("how", EVERY, ids=str)
def test_code_of_many_blocks_gives_their_courses(how: Start) -> None:
    found = run(depth_code(how, 6))
    expected = [row for kind in ("residual", "plain") for row in course(how, 6, kind)]
    torch.testing.assert_close(found["Y"], torch.tensor(expected))
