//! The civil calendar: dates as day numbers, months added with the day clamped to the month's end.

use std::fmt;

use super::Period;
use crate::ledger::time::MICROS_PER_DAY;

/// A date of the proleptic Gregorian calendar, as days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalDate(i32);

/// The span of the calendar at whose end an expiry is rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rounding {
    Month,
    Quarter,
    HalfYear,
    Year,
}

/// A date taken apart; the month is 1 to 12.
#[derive(Clone, Copy)]
struct Parts {
    year: i32,
    month: u32,
    day: u32,
}

/// More than the days of 2^63 microseconds.
const MOST_DAYS: i32 = 110_000_000;
/// More than the years of as many days.
const MOST_YEAR: i32 = 310_000;

impl LocalDate {
    /// The date a number of days after 1970-01-01 (before, when negative), within 300,000 years.
    pub const fn from_days(days: i32) -> Option<Self> {
        if days < -MOST_DAYS || days > MOST_DAYS {
            None
        } else {
            Some(Self(days))
        }
    }

    /// The date of a year, month (1–12) and day of month; `None` when there is no such day.
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let parts = Parts {
            year,
            month: month.into(),
            day: day.into(),
        };
        let exists = (-MOST_YEAR..=MOST_YEAR).contains(&year)
            && (1..=12).contains(&month)
            && (1..=parts.days_in_month()).contains(&parts.day);
        if exists { parts.date() } else { None }
    }

    /// Days since 1970-01-01.
    pub const fn days(self) -> i32 {
        self.0
    }

    /// Year, month (1–12) and day of month.
    pub fn year_month_day(self) -> (i32, u8, u8) {
        let parts = self.parts();
        let byte = |number| u8::try_from(number).expect("months and days of month are below 32");
        (parts.year, byte(parts.month), byte(parts.day))
    }

    /// The date and the microseconds since its start, of microseconds since 1970-01-01T00:00 local.
    pub(crate) fn split(local_micros: i64) -> (Self, i64) {
        let days = local_micros.div_euclid(MICROS_PER_DAY);
        let days = i32::try_from(days).expect("2^63 microseconds are fewer than 2^31 days");
        (Self(days), local_micros.rem_euclid(MICROS_PER_DAY))
    }

    /// The next date.
    pub(crate) fn tomorrow(self) -> Option<Self> {
        self.plus_days(1)
    }

    /// The date after the months, then the days of a period; 31 January + P1M is the end of February.
    pub(crate) fn plus(self, period: Period) -> Option<Self> {
        if period.months == 0 {
            return self.plus_days(period.days);
        }
        let moved = self.parts().plus_months(period.months)?;
        moved.date()?.plus_days(period.days)
    }

    /// The last date of the span that the date after a period lies in.
    pub(crate) fn plus_to_end(self, period: Period, rounding: Rounding) -> Option<Self> {
        let moved = self.parts().plus_months(period.months)?;
        let moved = if period.days == 0 {
            moved
        } else {
            moved.date()?.plus_days(period.days)?.parts()
        };
        moved.end_of(rounding).date()
    }

    fn plus_days(self, days: u32) -> Option<Self> {
        Self::from_days(self.0.checked_add_unsigned(days)?)
    }

    // Neri and Schneider, "Euclidean affine functions and their application to calendar algorithms" (2022):
    // years start on 1 March, and multiplications replace most divisions.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a date is within MOST_DAYS, so that 4 times the shifted number fits 32 bits"
    )]
    fn parts(self) -> Parts {
        let shifted = (self.0 + DAYS_TO_START).cast_unsigned();
        let quarter_days = 4 * shifted + 3;
        let century = quarter_days / DAYS_PER_ERA;
        let quarter_days = (quarter_days % DAYS_PER_ERA) | 3;
        let product = 2_939_745 * u64::from(quarter_days);
        let year_of_century = (product >> 32) as u32;
        let day_of_year = (product as u32) / 2_939_745 / 4;
        let scaled = 2_141 * day_of_year + 197_913;
        let (month, day) = (scaled >> 16, (scaled & 0xffff) / 2_141);
        let after_december = day_of_year >= 306;
        let year = (100 * century + year_of_century).cast_signed() - YEARS_TO_START;
        Parts {
            year: year + i32::from(after_december),
            month: if after_december { month - 12 } else { month },
            day: day + 1,
        }
    }
}

impl fmt::Display for LocalDate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts { year, month, day } = self.parts();
        write!(formatter, "{year:04}-{month:02}-{day:02}")
    }
}

// The day numbers are shifted by 1,000 eras of 400 years so that none is negative.
const DAYS_PER_ERA: u32 = 146_097;
const DAYS_TO_START: i32 = 719_468 + 146_097_000;
const YEARS_TO_START: i32 = 400_000;

impl Parts {
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "the year is checked to be within MOST_YEAR, so that no product exceeds 32 bits"
    )]
    fn date(self) -> Option<LocalDate> {
        if !(-MOST_YEAR..=MOST_YEAR).contains(&self.year) {
            return None;
        }
        let before_march = self.month <= 2;
        let year = (self.year + YEARS_TO_START - i32::from(before_march)).cast_unsigned();
        let month = if before_march {
            self.month + 12
        } else {
            self.month
        };
        let century = year / 100;
        let days_of_years = 1_461 * year / 4 - century + century / 4;
        let days_of_months = (979 * month - 2_919) / 32;
        let shifted = days_of_years + days_of_months + self.day - 1;
        LocalDate::from_days(shifted.cast_signed() - DAYS_TO_START)
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a month is 1 to 12 and the sum of months is divided before it is used"
    )]
    fn plus_months(self, months: u32) -> Option<Self> {
        let total = months.checked_add(self.month - 1)?;
        let moved = Self {
            year: self.year.checked_add_unsigned(total / 12)?,
            month: total % 12 + 1,
            day: self.day,
        };
        let day = moved.day.min(moved.days_in_month());
        Some(Self { day, ..moved })
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a month is 1 to 12 and a span 1 to 12 months"
    )]
    fn end_of(self, rounding: Rounding) -> Self {
        let months = match rounding {
            Rounding::Month => 1,
            Rounding::Quarter => 3,
            Rounding::HalfYear => 6,
            Rounding::Year => 12,
        };
        let last = Self {
            month: ((self.month - 1) / months + 1) * months,
            ..self
        };
        let day = last.days_in_month();
        Self { day, ..last }
    }

    fn days_in_month(self) -> u32 {
        match self.month {
            4 | 6 | 9 | 11 => 30,
            2 if self.in_leap_year() => 29,
            2 => 28,
            _ => 31,
        }
    }

    fn in_leap_year(self) -> bool {
        self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> LocalDate {
        let parts: Vec<i32> = text.split('-').map(|part| part.parse().unwrap()).collect();
        LocalDate::new(parts[0], parts[1] as u8, parts[2] as u8).unwrap()
    }

    #[test]
    fn agrees_with_another_calendar_on_every_day_of_1600_to_2800() {
        let mut other = jiff::civil::date(1600, 1, 1);
        let mut days = date("1600-01-01").days();
        while other.year() < 2800 {
            let (year, month, day) = LocalDate::from_days(days).unwrap().year_month_day();
            let expected = (other.year().into(), other.month() as u8, other.day() as u8);
            assert_eq!((year, month, day), expected);
            let again = LocalDate::new(year, month, day);
            assert_eq!(again, LocalDate::from_days(days));
            days += 1;
            other = other.tomorrow().unwrap();
        }
    }

    #[test]
    fn adds_months_up_to_the_end_of_the_month() {
        let cases = [
            ("2026-01-31", "P1M", "2026-02-28"),
            ("2028-01-31", "P1M", "2028-02-29"),
            ("2028-02-29", "P1Y", "2029-02-28"),
            ("2028-02-29", "P4Y", "2032-02-29"),
            ("2026-03-31", "P1M", "2026-04-30"),
            ("2026-12-31", "P2M", "2027-02-28"),
            ("2026-01-31", "P1M1D", "2026-03-01"),
            ("2025-02-10", "P18M", "2026-08-10"),
            ("2026-07-20", "P30D", "2026-08-19"),
            ("2026-07-20", "P2W", "2026-08-03"),
            ("2099-12-01", "P3M", "2100-03-01"),
            ("2100-02-28", "P1D", "2100-03-01"),
        ];
        for (start, period, end) in cases {
            let sum = date(start).plus(Period::parse(period).unwrap());
            assert_eq!(sum, Some(date(end)), "{start} + {period}");
        }
    }

    #[test]
    fn rounds_up_to_the_last_date_of_each_span() {
        let cases = [
            (Rounding::Month, "2027-03-16", "2027-03-31"),
            (Rounding::Month, "2028-02-01", "2028-02-29"),
            (Rounding::Month, "2027-04-30", "2027-04-30"),
            (Rounding::Quarter, "2027-01-01", "2027-03-31"),
            (Rounding::Quarter, "2027-08-15", "2027-09-30"),
            (Rounding::HalfYear, "2027-06-30", "2027-06-30"),
            (Rounding::HalfYear, "2027-07-01", "2027-12-31"),
            (Rounding::Year, "2027-01-01", "2027-12-31"),
            (Rounding::Year, "2028-12-31", "2028-12-31"),
        ];
        for (rounding, start, end) in cases {
            assert_eq!(
                date(start).plus_to_end(Period::ZERO, rounding),
                Some(date(end)),
                "{start}"
            );
        }
    }

    #[test]
    fn knows_which_dates_exist() {
        assert_eq!(LocalDate::new(1970, 1, 1), LocalDate::from_days(0));
        for (year, month, day) in [(2027, 2, 29), (2027, 0, 1), (2027, 13, 1), (2027, 4, 31)] {
            assert_eq!(LocalDate::new(year, month, day), None);
        }
        assert_eq!(LocalDate::new(i32::MAX, 1, 1), None);
        assert_eq!(date("0987-06-05").to_string(), "0987-06-05");
    }
}
