"""Contacts per stage visit and per won deal on simulated clients with known truth."""

import numpy as np
import pandas as pd
import pytest

from kpikit.diagnosis.contacts import (
    contacts_per_stage_visit,
    contacts_per_won_deal,
    countable_contacts,
    naive_contacts_per_won_deal,
)
from kpikit.diagnosis.spells import deal_spells, stage_spells
from kpikit.sample import simulate_client
from kpikit.sample.plain import plain_config

CLIENTS = 120


@pytest.mark.slow
def test_intervals_cover_the_truth_of_simulated_clients():
    """
    120 clients of about 1,500 deals, 90 % intervals.

    Over the five stages 600 intervals: 86-94 % are within 3 binomial errors of
    90 %. Per won deal 120 intervals: 82-98 %. The mean of the estimates is
    within 3 % of the truth; the two naive ratios are more than 8 % off.
    """
    config = plain_config()
    as_of = pd.Timestamp(config.as_of, tz="Europe/Moscow").tz_convert("UTC")
    stages, won, found, naive = [], [], [], []
    for seed in range(CLIENTS):
        client = simulate_client(config, seed)
        tables, truth = client.tables, client.truth
        made = countable_contacts(tables["activities"])
        history = (tables["stage_events"], tables["stages"])
        by_stage = contacts_per_stage_visit(
            stage_spells(tables["deals"], *history, as_of), made,
            np.random.default_rng(seed), as_of=as_of, draws=200,
        )  # fmt: skip
        expected = by_stage["stage_id"].str.split(":").str[-1].map(truth.contacts_per_stage_visit)
        stages += (
            (by_stage["contacts_low"] <= expected) & (expected <= by_stage["contacts_high"])
        ).tolist()
        spells = deal_spells(tables["deals"], as_of, *history)
        deal = contacts_per_won_deal(
            spells, made, np.random.default_rng(seed), as_of=as_of, draws=200
        )
        won.append(deal.contacts_low <= truth.contacts_per_won_deal <= deal.contacts_high)
        found.append(deal.contacts / truth.contacts_per_won_deal)
        wrong = naive_contacts_per_won_deal(spells, made)
        naive.append((wrong.won_only, wrong.window_ratio))
    assert len(stages) == 5 * CLIENTS
    assert 0.86 <= np.mean(stages) <= 0.94
    assert 0.82 <= np.mean(won) <= 0.98
    assert np.mean(found) == pytest.approx(1.0, abs=0.03)
    own, window = np.mean(naive, axis=0) / truth.contacts_per_won_deal
    assert own < 0.5
    assert window > 1.08
    print(f"coverage by stage {np.mean(stages):.3f}, per won deal {np.mean(won):.3f}")
