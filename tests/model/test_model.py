"""The model's own arithmetic: periods, gaps, overlaps, rounding, money."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from model.local_time import Period, end_of_day, instant_of, rounded_up
from model.money import minor_units

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("day", "period", "expected"),
    [
        (date(2026, 1, 31), "P1M", date(2026, 2, 28)),
        (date(2028, 1, 31), "P1M", date(2028, 2, 29)),
        (date(2026, 1, 31), "P2M", date(2026, 3, 31)),
        (date(2026, 12, 31), "P1Y2M3D", date(2028, 3, 3)),
        (date(2026, 3, 2), "P2W", date(2026, 3, 16)),
    ],
)
def test_periods(day: date, period: str, expected: date) -> None:
    assert Period.parse(period).after(day) == expected


@pytest.mark.parametrize("text", ["P", "14D", "P1D2M", "PT", "P1DT", "P-1D", ""])
def test_no_periods(text: str) -> None:
    with pytest.raises(ValueError):
        Period.parse(text)


@pytest.mark.parametrize(
    ("zone", "local", "expected"),
    [
        ("Europe/Berlin", datetime(2026, 3, 29, 2, 30), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 3, 29, 3, 0), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 10, 25, 2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 3, 8, 2, 0, 0, 1), datetime(2026, 3, 8, 7, 0, tzinfo=UTC)),
        ("Africa/Cairo", datetime(2026, 4, 24), datetime(2026, 4, 23, 22, 0, tzinfo=UTC)),
        ("Pacific/Apia", datetime(2011, 12, 30, 12, 0), datetime(2011, 12, 30, 10, 0, tzinfo=UTC)),
    ],
)
def test_local_times(zone: str, local: datetime, expected: datetime) -> None:
    assert instant_of(local, ZoneInfo(zone)) == expected


def test_end_of_day_is_the_next_midnight() -> None:
    assert end_of_day(date(2027, 3, 31), BERLIN) == datetime(2027, 3, 31, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [("month", (2, 28)), ("quarter", (3, 31)), ("half_year", (6, 30)), ("year", (12, 31))],
)
def test_rounding(rounding: str, expected: tuple[int, int]) -> None:
    assert rounded_up(date(2026, 2, 1), rounding) == date(2026, *expected)
    assert rounded_up(date(2026, *expected), rounding) == date(2026, *expected)


def test_money() -> None:
    assert [minor_units(amount) for amount in ("36.90", Decimal("36.9"), 3690, "0")] == [3690, 3690, 3690, 0]
    with pytest.raises(ValueError):
        minor_units("1.234")
    with pytest.raises(TypeError):
        minor_units(36.9)  # type: ignore[arg-type]
