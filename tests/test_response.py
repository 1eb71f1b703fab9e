"""Erlang formulas against published values."""

import math

import pytest

from kpikit.diagnosis.response import abandonment, erlang_c, line_staffing


@pytest.mark.parametrize(("agents", "within"), [(6, 0.4743), (7, 0.7404), (8, 0.8801), (9, 0.9484)])
def test_ex_6_1_service_level(agents, within):
    """EX-6.1: 100 calls an hour of 180 s, 20 s."""
    assert erlang_c(100, 180, agents, 20).within == pytest.approx(within, abs=1e-4)


def test_ex_6_1_staffing():
    """EX-6.1: 8 on the line (10.04 s, occupancy 0.625), 12 on the roster."""
    found = line_staffing(100, 180, 20, 0.8, shrinkage=0.3)
    assert (found.agents, found.scheduled) == (8, 12)
    assert found.service.wait_s == pytest.approx(10.04, abs=5e-3)
    assert found.service.occupancy == pytest.approx(0.625)


def test_ex_6_2_a_single_rep_cannot_be_fast():
    """EX-6.2: 12 calls an hour of 240 s."""
    found = [erlang_c(12, 240, n, 20) for n in (1, 2, 3)]
    assert [f.within for f in found] == pytest.approx([0.2132, 0.7932, 0.9567], abs=1e-4)
    assert found[1].wait_s == pytest.approx(45.7, abs=0.05)


def test_ex_6_3_abandonment():
    """EX-6.3: patience of 2 minutes; stable even with fewer people than work."""
    found = [abandonment(100, 180, 120, n) for n in (4, 5, 6, 7)]
    assert found == pytest.approx([0.3043, 0.1924, 0.1123, 0.0604], abs=1e-4)


def test_g8_half_hour_of_100_calls():
    """G8 (pyworkforce documentation): 14 positions, 20 on the roster."""
    found = line_staffing(200, 180, 20, 0.8, shrinkage=0.3, largest_occupancy=0.85)
    assert (found.agents, found.scheduled) == (14, 20)


def test_trap_14_overload_is_unstable():
    """With no more people than work the queue never rests: no number, no negative wait."""
    found = erlang_c(100, 180, 5, 20)
    assert not found.is_stable
    assert found.wait_s == math.inf
    assert found.within == 0.0
