"""The hand-labelled names of KPIs beside this file."""

from pathlib import Path

import pandas as pd

_FOLDER = Path(__file__).parent


def labelled(name: str) -> pd.DataFrame:
    """Columns ``language``, ``kpi`` (``-`` for none) and ``name``, with a ``kpi_id`` each."""
    lines = (_FOLDER / name).read_text("utf-8").splitlines()
    rows = [[cell.strip() for cell in line.split("|")] for line in lines if line[:1] != "#"]
    table = pd.DataFrame(rows, columns=["language", "kpi", "name"])
    return table.assign(kpi_id=[f"N{place}" for place in range(len(table))])


FIRST = labelled("kpi_names.txt")
LATER = labelled("kpi_names_later.txt")
