"""Dates and instants as people write them. Expected values: by hand."""

import pandas as pd
import pytest

from kpikit.intake.dates import read_dates, read_instants


def _instants(*cells, tz="UTC", **options):
    return read_instants(pd.Series(list(cells), dtype="str"), tz=tz, **options)


def _iso(reading):
    return [None if pd.isna(v) else v.strftime("%Y-%m-%dT%H:%M:%S") for v in reading.values]


@pytest.mark.parametrize(
    ("cell", "instant"),
    [
        ("05.03.2025", "2025-03-05T00:00:00"),
        ("05.03.2025 10:11:12", "2025-03-05T10:11:12"),
        ("05.03.25", "2025-03-05T00:00:00"),
        ("2025-03-05", "2025-03-05T00:00:00"),
        ("2025-03-05T10:11:12Z", "2025-03-05T10:11:12"),
        ("2025-03-05T10:11:12+03:00", "2025-03-05T07:11:12"),
        ("2025-03-05T10:11:12.999+0300", "2025-03-05T07:11:12"),
        ("2025. 03. 05.", "2025-03-05T00:00:00"),
        ("2025. 03. 05. 10:11", "2025-03-05T10:11:00"),
        ("25/03/2025", "2025-03-25T00:00:00"),
        ("03/25/2025 2:30 PM", "2025-03-25T14:30:00"),
        ("45721", "2025-03-05T00:00:00"),
        ("45721.5", "2025-03-05T12:00:00"),
        ("янв.24", "2024-01-01T00:00:00"),
        ("Январь 2024 г.", "2024-01-01T00:00:00"),
        ("5 марта 2025 г.", "2025-03-05T00:00:00"),
        ("2025. március 5.", "2025-03-05T00:00:00"),
        ("Mar-25", "2025-03-01T00:00:00"),
    ],
)
def test_forms_of_a_date(cell, instant):
    """Excel serial 45721 is 2025-03-05: 45658 is 1 January 2025 (Microsoft's own table), + 63."""
    assert _iso(_instants(cell)) == [instant]


def test_order_is_decided_by_the_column_never_per_cell():
    """13/04 proves that 03/04 in the same column is 3 April."""
    assert _iso(_instants("03/04/2025", "13/04/2025"))[0] == "2025-04-03T00:00:00"
    assert _iso(_instants("03/04/2025", "04/13/2025"))[0] == "2025-03-04T00:00:00"


def test_unproven_order_is_asked():
    reading = _instants("03/04/2025", "05/06/2025")
    assert reading.values.isna().all() and "date_order" in reading.problem
    assert _iso(_instants("03/04/2025", order="mdy")) == ["2025-03-04T00:00:00"]
    assert _iso(_instants("03/04/2025", order="dmy")) == ["2025-04-03T00:00:00"]


def test_two_orders_in_one_column_are_asked():
    reading = _instants("13/04/2025", "04/13/2025")
    assert reading.values.isna().all() and "month-first" in reading.problem


def test_impossible_dates_are_unreadable_and_marks_are_null():
    """T5: «не закрыта» is no value; the column stays a column of instants."""
    reading = _instants("31.02.2025", "01.02.2025", "не закрыта", "01.01.0205", "12.05.2025 25:00")
    assert _iso(reading) == [None, "2025-02-01T00:00:00", None, None, None]
    assert reading.missing == {"не закрыта": 1}
    assert str(reading.values.dtype) == "datetime64[us, UTC]"
    assert reading.unreadable.tolist() == ["31.02.2025", "01.01.0205", "12.05.2025 25:00"]


def test_one_instant_in_two_zones_lands_in_one_month():
    """T8: 23:30 of 31 January in Moscow is 20:30Z; both are January for a Moscow study."""
    local = _instants("31.01.2025 23:30:00", tz="Europe/Moscow").values
    utc = _instants("2025-01-31T20:30:00Z").values
    assert local.iloc[0] == utc.iloc[0]
    assert utc.dt.tz_convert("Europe/Moscow").dt.month.tolist() == [1]


def test_clock_changes_are_handled_and_told():
    """Budapest 2025: 02:30 of 30 March does not exist, 02:30 of 26 October exists twice."""
    reading = _instants("2025-03-30 02:30:00", "2025-10-26 02:30:00", tz="Europe/Budapest")
    assert _iso(reading) == ["2025-03-30T01:00:00", "2025-10-26T00:30:00"]
    assert "doubles" in reading.notes[0] and "skips" in reading.notes[1]


def test_dates_keep_the_day_of_their_writer():
    """A date with an offset is the day that stood there, not the day in UTC."""
    cells = pd.Series(["2025-01-01T01:00:00+03:00", "01.01.2025 23:59"], dtype="str")
    reading = read_dates(cells)
    assert reading.values.tolist() == [pd.Timestamp("2025-01-01")] * 2
