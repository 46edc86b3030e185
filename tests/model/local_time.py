"""Calendar arithmetic on a program's local clock: periods, ends of days, rounded expiries."""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_PERIOD = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_MONTHS_PER_ROUNDING = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True)
class Period:
    """A stretch of the calendar: whole months, then whole days, then an exact time."""

    months: int
    days: int
    exact: timedelta = timedelta()

    @classmethod
    def parse(cls, text: str) -> "Period":
        match = _PERIOD.fullmatch(text)
        if match is None or text == "P":
            raise ValueError(f"{text!r} is no period of years, months, weeks and days")
        years, months, weeks, days, *clock = (int(part or 0) for part in match.groups())
        exact = timedelta(hours=clock[0], minutes=clock[1], seconds=clock[2])
        return cls(years * 12 + months, weeks * 7 + days, exact)

    def after(self, day: date) -> date:
        """The day this period later; a month that is too short ends the count at its last day."""
        month_index = day.year * 12 + day.month - 1 + self.months
        year, month = divmod(month_index, 12)
        last_day = calendar.monthrange(year, month + 1)[1]
        return date(year, month + 1, min(day.day, last_day)) + timedelta(days=self.days)

    def later(self, instant: datetime, zone: ZoneInfo) -> datetime:
        """The instant this period later at the same local time; without months and days only exact time counts."""
        if self.months == self.days == 0:
            return instant + self.exact
        local = instant.astimezone(zone).replace(tzinfo=None)
        return instant_of(datetime.combine(self.after(local.date()), local.time()), zone) + self.exact


def instant_of(local: datetime, zone: ZoneInfo) -> datetime:
    """When clocks in `zone` first show `local`; if they never do, the next instant whose local time exists."""
    local = local.replace(fold=0)
    while not _exists(local, zone):
        local = local.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return local.replace(tzinfo=zone).astimezone(UTC)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The exclusive end of a local day: the next day's first instant."""
    return instant_of(datetime.combine(day + timedelta(days=1), datetime.min.time()), zone)


def rounded_up(day: date, rounding: str) -> date:
    """The last day of the month, quarter, half-year or year that `day` is in."""
    months = _MONTHS_PER_ROUNDING[rounding]
    last_month = -(-day.month // months) * months
    return date(day.year, last_month, calendar.monthrange(day.year, last_month)[1])


def _exists(local: datetime, zone: ZoneInfo) -> bool:
    return local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local
