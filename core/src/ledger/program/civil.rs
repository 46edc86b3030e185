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

impl LocalDate {
    /// The date `days` after 1970-01-01.
    pub const fn from_days(days: i32) -> Self {
        Self(days)
    }

    /// The date of a year, month (1–12) and day of month; `None` when there is no such day.
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let month = i64::from(month);
        let exists = (1..=12).contains(&month)
            && (1..=days_in_month(i64::from(year), month)).contains(&i64::from(day));
        if !exists {
            return None;
        }
        i32::try_from(days_of(i64::from(year), month, i64::from(day)))
            .ok()
            .map(Self)
    }

    /// Days since 1970-01-01.
    pub const fn days(self) -> i32 {
        self.0
    }

    /// Year, month (1–12) and day of month.
    pub fn parts(self) -> (i64, i64, i64) {
        date_of(i64::from(self.0))
    }

    /// The date and the microseconds since its start, of microseconds since 1970-01-01T00:00 local.
    pub(crate) fn split(local_micros: i64) -> (Self, i64) {
        let days = local_micros.div_euclid(MICROS_PER_DAY);
        let days = i32::try_from(days).expect("64 bits of microseconds are fewer than 2^31 days");
        (Self(days), local_micros.rem_euclid(MICROS_PER_DAY))
    }

    /// The next date.
    pub fn tomorrow(self) -> Option<Self> {
        self.0.checked_add(1).map(Self)
    }

    /// The date after the months, then the days of a period; 31 January + P1M is the end of February.
    pub(crate) fn checked_add(self, period: Period) -> Option<Self> {
        let months = i64::from(period.months);
        let shifted = if months == 0 {
            i64::from(self.0)
        } else {
            let (year, month, day) = self.parts();
            add_months(year, month, day, months)
        };
        let days = shifted.checked_add(i64::from(period.days))?;
        i32::try_from(days).ok().map(Self)
    }

    /// The last date of the month, quarter, half-year or year that this date lies in.
    pub(crate) fn end_of(self, rounding: Rounding) -> Option<Self> {
        let (year, month, _) = self.parts();
        let last_month = rounding.last_month(month);
        let day = days_in_month(year, last_month);
        i32::try_from(days_of(year, last_month, day)).ok().map(Self)
    }
}

impl fmt::Display for LocalDate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        write!(formatter, "{year:04}-{month:02}-{day:02}")
    }
}

impl Rounding {
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a month is 1 to 12 and a span 1 to 12 months"
    )]
    fn last_month(self, month: i64) -> i64 {
        let months = match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::HalfYear => 6,
            Self::Year => 12,
        };
        ((month - 1) / months + 1) * months
    }
}

// Years are counted from 1 March of year 0, so that the leap day ends a year; 400 of them have 146,097 days.
const DAYS_PER_ERA: i64 = 146_097;
const DAYS_TO_1970: i64 = 719_468;

#[expect(
    clippy::arithmetic_side_effects,
    reason = "the year is of 32 bits, or of a 32-bit day number and a 32-bit number of months"
)]
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970
}

#[expect(
    clippy::arithmetic_side_effects,
    reason = "the day number is of 32 bits"
)]
fn date_of(days: i64) -> (i64, i64, i64) {
    let shifted = days + DAYS_TO_1970;
    let era = shifted.div_euclid(DAYS_PER_ERA);
    let day_of_era = shifted.rem_euclid(DAYS_PER_ERA);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400;
    (if month <= 2 { year + 1 } else { year }, month, day)
}

#[expect(
    clippy::arithmetic_side_effects,
    reason = "the year is of a 32-bit day number, the months are of 32 bits"
)]
fn add_months(year: i64, month: i64, day: i64, months: i64) -> i64 {
    let total = year * 12 + month - 1 + months;
    let (year, month) = (total.div_euclid(12), total.rem_euclid(12) + 1);
    days_of(year, month, day.min(days_in_month(year, month)))
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

fn is_leap(year: i64) -> bool {
    year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0)
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
            let (year, month, day) = LocalDate::from_days(days).parts();
            assert_eq!(
                (year, month, day),
                (
                    other.year().into(),
                    other.month().into(),
                    other.day().into()
                )
            );
            let again = LocalDate::new(year as i32, month as u8, day as u8);
            assert_eq!(again, Some(LocalDate::from_days(days)));
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
            let sum = date(start).checked_add(Period::parse(period).unwrap());
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
            assert_eq!(date(start).end_of(rounding), Some(date(end)), "{start}");
        }
    }

    #[test]
    fn knows_which_dates_exist() {
        assert_eq!(LocalDate::new(1970, 1, 1), Some(LocalDate::from_days(0)));
        for (year, month, day) in [(2027, 2, 29), (2027, 0, 1), (2027, 13, 1), (2027, 4, 31)] {
            assert_eq!(LocalDate::new(year, month, day), None);
        }
        assert_eq!(LocalDate::new(i32::MAX, 1, 1), None);
        assert_eq!(date("0987-06-05").to_string(), "0987-06-05");
    }
}
