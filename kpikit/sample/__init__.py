"""
Sample clients with known truth: the committed one, and simulated ones for studies.
"""

from __future__ import annotations

from kpikit.sample.client import SEED, sample_config
from kpikit.sample.laws import SimConfig
from kpikit.sample.plain import plain_config
from kpikit.sample.truth import Truth, true_values
from kpikit.sample.world import SimulatedClient, simulate_client
from kpikit.sample.write import write_client

__all__ = [
    "SEED",
    "SimConfig",
    "SimulatedClient",
    "Truth",
    "plain_config",
    "sample_config",
    "simulate_client",
    "true_values",
    "write_client",
]
