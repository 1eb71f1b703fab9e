"""
A plain config for studies of the estimators: one funnel, no planted traps.
"""

from __future__ import annotations

from kpikit.sample.laws import RepLaw, SegmentLaw, SimConfig, StageLaw, TimeLaw


def plain_config(
    *, n_months: int = 18, lead_rate: float = 53.0, growth_per_month: float = 0.05
) -> SimConfig:
    """
    Return one segment, three equal reps and five stages without detours.

    Losses are slower than advances and the inflow grows, so that the ratios
    which forget open deals are visibly wrong. With the defaults about 1,500
    deals are created.

    Parameters
    ----------
    n_months : int
        Months of history. [months]
    lead_rate : float
        New leads in the first month. [deals/month]
    growth_per_month : float
        Growth of the inflow. [share per month]

    Returns
    -------
    SimConfig
        Without warm-up: every deal is seen from its creation. Set
        ``warmup_months`` on a copy for a history that starts late.
    """
    return SimConfig(
        stages=(
            StageLaw(
                "NEW",
                "Lead",
                0.60,
                TimeLaw("lognormal", 3, 0.8),
                TimeLaw("weibull", 10, 1.2),
                1.0,
                0.04,
                0.0,
                0.45,
            ),
            StageLaw(
                "PREPARATION",
                "Qualified",
                0.65,
                TimeLaw("lognormal", 8, 0.7),
                TimeLaw("weibull", 25, 1.3),
                1.5,
                0.05,
                0.1,
                0.6,
            ),
            StageLaw(
                "PREPAYMENT_INVOICE",
                "Meeting",
                0.70,
                TimeLaw("lognormal", 10, 0.6),
                TimeLaw("weibull", 30, 1.3),
                1.2,
                0.03,
                0.6,
                0.6,
            ),
            StageLaw(
                "EXECUTING",
                "Proposal",
                0.60,
                TimeLaw("lognormal", 15, 0.7),
                TimeLaw("weibull", 45, 1.2),
                2.0,
                0.05,
                0.2,
                0.6,
            ),
            StageLaw(
                "FINAL_INVOICE",
                "Contract",
                0.80,
                TimeLaw("weibull", 12, 1.5),
                TimeLaw("weibull", 25, 1.2),
                1.5,
                0.04,
                0.2,
                0.7,
            ),
        ),
        segments=(SegmentLaw("A", 1.0, deal_value=250_000, deal_value_cv=0.6),),
        reps=(
            RepLaw("1", "Первый", "Иван"),
            RepLaw("2", "Второй", "Пётр"),
            RepLaw("3", "Третий", "Анна"),
        ),
        n_months=n_months,
        lead_rate=lead_rate,
        growth_per_month=growth_per_month,
    )
