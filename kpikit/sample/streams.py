"""
Named random streams.

Each purpose draws from a stream of its own, so that changing one law leaves
the draws of all others as they were. This is what makes two configurations
comparable draw by draw (common random numbers).
"""

from __future__ import annotations

import zlib

import numpy as np


def stream(seed: int, name: str) -> np.random.Generator:
    """
    Return the random stream of one purpose.

    Parameters
    ----------
    seed : int
        Seed of the whole client.
    name : str
        Purpose, e.g. ``'arrivals'``.

    Returns
    -------
    numpy.random.Generator
    """
    key = zlib.crc32(name.encode("utf-8"))
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(key,)))
