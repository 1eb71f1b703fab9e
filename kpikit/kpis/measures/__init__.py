"""The measures of K01 to K68, by goal group; importing this module fills the registry."""

from kpikit.kpis.measures import (
    activity,
    books,
    customers,
    deals,
    labour,
    money,
    system,
)
from kpikit.kpis.reduction import MEASURES

__all__ = ["MEASURES", "activity", "books", "customers", "deals", "labour", "money", "system"]
