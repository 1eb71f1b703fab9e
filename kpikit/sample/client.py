"""
The config of the sample client: a corporate insurance broker in Moscow with six reps.
"""

from __future__ import annotations

from kpikit.sample.laws import RepLaw, SegmentLaw, SimConfig, StageLaw, TimeLaw, TrapCounts

SEED = 2026


def sample_config() -> SimConfig:
    """
    Return the laws of the sample client, whose plan six reps cannot carry.

    Returns
    -------
    SimConfig
        18 months of history after a warm-up, three segments, existing
        customers, Russian working days and the planted traps.
    """
    return SimConfig(
        stages=(
            StageLaw(
                "NEW",
                "Новая заявка",
                0.58,
                TimeLaw("lognormal", 3, 0.8),
                TimeLaw("weibull", 10, 1.2),
                1.2,
                0.05,
                0.0,
                0.42,
                skip=0.03,
            ),
            StageLaw(
                "PREPARATION",
                "Квалификация",
                0.60,
                TimeLaw("lognormal", 7, 0.7),
                TimeLaw("weibull", 20, 1.3),
                1.7,
                0.05,
                0.08,
                0.55,
                skip=0.02,
            ),
            StageLaw(
                "PREPAYMENT_INVOICE",
                "Встреча/Демо",
                0.68,
                TimeLaw("lognormal", 9, 0.6),
                TimeLaw("weibull", 24, 1.3),
                1.3,
                0.03,
                0.6,
                0.6,
                skip=0.02,
                back=0.02,
            ),
            StageLaw(
                "EXECUTING",
                "Коммерческое предложение",
                0.55,
                TimeLaw("lognormal", 15, 0.7),
                TimeLaw("weibull", 38, 1.2),
                2.3,
                0.05,
                0.2,
                0.6,
                skip=0.03,
                back=0.03,
            ),
            StageLaw(
                "FINAL_INVOICE",
                "Договор",
                0.80,
                TimeLaw("weibull", 12, 1.5),
                TimeLaw("weibull", 22, 1.2),
                1.7,
                0.04,
                0.2,
                0.7,
                back=0.03,
            ),
        ),
        segments=(
            SegmentLaw(
                "A", 0.15, 600_000, 0.7, -0.15, 1.4, 25, 0.88, 0.30, 180_000, 24, 0.25, 50_000_000
            ),
            SegmentLaw(
                "B", 0.35, 250_000, 0.7, 0.0, 1.0, 50, 0.80, 0.20, 70_000, 12, 0.12, 53_000_000
            ),
            SegmentLaw(
                "C", 0.50, 90_000, 0.7, 0.10, 0.8, 85, 0.68, 0.10, 25_000, 5, 0.02, 27_000_000
            ),
        ),
        reps=(
            RepLaw("11", "Семёнов", "Пётр", 0.25, "2019-03-01"),
            RepLaw("12", "Кузнецова", "Анна", 0.15, "2021-06-01"),
            RepLaw("15", "Фёдоров", "Алексей", 0.0, "2022-02-01"),
            RepLaw("17", "Соловьёва", "Ольга", 0.05, "2023-09-01"),
            RepLaw("21", "Гусев", "Дмитрий", -0.20, "2023-01-01"),
            RepLaw("24", "Морозова", "Елена", -0.10, "2025-09-01"),
            RepLaw("14", "Белов", "Игорь", -0.15, "2022-10-01", "2025-12-01"),
        ),
        warmup_months=8,
        lead_rate=92.0,
        growth_per_month=0.015,
        season=(0.8, 0.95, 1.05, 1.05, 0.9, 1.0, 0.9, 0.9, 1.1, 1.15, 1.1, 1.1),
        calendar="RU",
        selling_share=0.42,
        amount_known_from=1,
        traps=TrapCounts(
            product_rows=45,
            test_deals=12,
            duplicates=15,
            imported=60,
            bulk_closed=40,
            undated=15,
            other_close_date=30,
            broken_deal_rows=5,
            broken_call_rows=4,
            billing_rows=20,
            missed_without_rep=250,
            robot_calls=80,
            unknown_phones=300,
            cancelled_meetings=40,
        ),
    )
