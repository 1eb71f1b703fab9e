"""Adjusted p-values, against METHODS, scipy and statsmodels."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from kpikit.diagnosis.multiplicity import benjamini_hochberg, holm
from kpikit.errors import InputDataError

P = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216]


def test_ex_8_6():
    """EX-8.6 of METHODS."""
    assert benjamini_hochberg(P) == pytest.approx(
        [0.0100, 0.0400, 0.0840, 0.0840, 0.0840, 0.1000, 0.1057, 0.2160, 0.2160, 0.2160], abs=5e-5
    )
    assert holm(P)[:3] == pytest.approx([0.010, 0.072, 0.312], abs=1e-12)


def test_other_libraries():
    """scipy.stats.false_discovery_control; statsmodels multipletests(method="holm")."""
    p = np.random.default_rng(1).uniform(size=39)
    assert benjamini_hochberg(p) == pytest.approx(stats.false_discovery_control(p), abs=1e-12)
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1], abs=1e-12)


def test_what_was_not_tested_does_not_count():
    """By hand: two tests of .01 and .04 give .02 and .04; the null stays null."""
    p = np.array([0.04, np.nan, 0.01])
    assert benjamini_hochberg(p) == pytest.approx([0.04, np.nan, 0.02], nan_ok=True)
    assert holm(p) == pytest.approx([0.04, np.nan, 0.02], nan_ok=True)
    assert np.array_equal(p, [0.04, np.nan, 0.01], equal_nan=True)
    assert np.isnan(benjamini_hochberg([np.nan])).all()


def test_impossible_p_value():
    with pytest.raises(InputDataError, match="between 0 and 1"):
        holm([0.5, 1.5])
