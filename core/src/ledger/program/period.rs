//! Periods: the part of ISO 8601 durations that a program may use, such as `P12M` or `PT15M`.

use std::fmt;

use thiserror::Error;

use crate::ledger::time::MICROS_PER_SECOND;

/// A length of calendar time: months, then days of the local calendar, then exact seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Period {
    pub months: u32,
    pub days: u32,
    pub seconds: u32,
}

/// Why a text is no period; the display says what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PeriodError {
    #[error("{0:?} is no period; write one like \"P14D\", \"P12M\", \"P1Y6M\" or \"PT15M\"")]
    Malformed(String),
    #[error("the period {0:?} is longer than 100 years; give a shorter one")]
    TooLong(String),
}

impl Period {
    /// No time at all, `P0D`.
    pub const ZERO: Self = Self::of_days(0);

    const MOST_MONTHS: u64 = 1_200;
    const MOST_DAYS: u64 = 36_525;
    const MOST_SECONDS: u64 = Self::MOST_DAYS * 86_400;

    /// A period of whole days.
    pub const fn of_days(days: u32) -> Self {
        Self {
            months: 0,
            days,
            seconds: 0,
        }
    }

    /// Reads `PnYnMnWnDTnHnMnS`: whole numbers, each unit at most once and in this order, at least one.
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        let malformed = || PeriodError::Malformed(text.to_owned());
        let too_long = || PeriodError::TooLong(text.to_owned());
        let body = text.strip_prefix('P').ok_or_else(malformed)?;
        let (date, clock) = match body.split_once('T') {
            Some((_, "")) => return Err(malformed()),
            Some((date, clock)) => (date, clock),
            None if body.is_empty() => return Err(malformed()),
            None => (body, ""),
        };
        let [years, months, weeks, days] =
            read_units(date, ['Y', 'M', 'W', 'D']).ok_or_else(malformed)?;
        let [hours, minutes, seconds] = read_units(clock, ['H', 'M', 'S']).ok_or_else(malformed)?;
        Self::within_bounds(
            weighed_sum([(years, 12), (months, 1)]),
            weighed_sum([(weeks, 7), (days, 1)]),
            weighed_sum([(hours, 3_600), (minutes, 60), (seconds, 1)]),
        )
        .ok_or_else(too_long)
    }

    /// The period of these figures, if none exceeds 100 years.
    pub(crate) fn within_bounds(months: u64, days: u64, seconds: u64) -> Option<Self> {
        if months > Self::MOST_MONTHS || days > Self::MOST_DAYS || seconds > Self::MOST_SECONDS {
            return None;
        }
        Some(Self {
            months: u32::try_from(months).ok()?,
            days: u32::try_from(days).ok()?,
            seconds: u32::try_from(seconds).ok()?,
        })
    }

    /// Whether the period is no time at all.
    pub fn is_zero(self) -> bool {
        self == Self::ZERO
    }

    /// The exact length with days of 24 hours, in microseconds; `None` when it has months.
    pub fn exact_micros(self) -> Option<i64> {
        if self.months != 0 {
            return None;
        }
        i64::from(self.days)
            .checked_mul(86_400)?
            .checked_add(i64::from(self.seconds))?
            .checked_mul(MICROS_PER_SECOND)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("P")?;
        if self.months != 0 {
            write!(formatter, "{}M", self.months)?;
        }
        if self.days != 0 || self.is_zero() {
            write!(formatter, "{}D", self.days)?;
        }
        if self.seconds != 0 {
            write!(formatter, "T{}S", self.seconds)?;
        }
        Ok(())
    }
}

/// The number before each of the units, 0 where a unit is absent; `None` when the text is anything else.
///
/// A number too large for 64 bits is read as the largest, which no bound admits.
fn read_units<const COUNT: usize>(text: &str, units: [char; COUNT]) -> Option<[u64; COUNT]> {
    let mut rest = text;
    let mut numbers = [0; COUNT];
    for (unit, number) in units.iter().zip(&mut numbers) {
        let Some((digits, after)) = rest.split_once(*unit) else {
            continue;
        };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *number = digits.parse().unwrap_or(u64::MAX);
        rest = after;
    }
    rest.is_empty().then_some(numbers)
}

fn weighed_sum<const COUNT: usize>(parts: [(u64, u64); COUNT]) -> u64 {
    parts.iter().fold(0, |sum, (number, weight)| {
        sum.saturating_add(number.saturating_mul(*weight))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(months: u32, days: u32, seconds: u32) -> Period {
        Period {
            months,
            days,
            seconds,
        }
    }

    #[test]
    fn reads_every_unit() {
        let cases = [
            ("P0D", period(0, 0, 0)),
            ("P14D", period(0, 14, 0)),
            ("P12M", period(12, 0, 0)),
            ("P1Y", period(12, 0, 0)),
            ("P1Y6M", period(18, 0, 0)),
            ("P2W", period(0, 14, 0)),
            ("PT15M", period(0, 0, 900)),
            ("PT1H30M5S", period(0, 0, 5_405)),
            ("P1Y2M3W4DT5H6M7S", period(14, 25, 18_367)),
            ("P100Y", period(1_200, 0, 0)),
            ("P36525D", period(0, 36_525, 0)),
            ("PT876600H", period(0, 0, 3_155_760_000)),
        ];
        for (text, expected) in cases {
            assert_eq!(Period::parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_period() {
        let texts = [
            "", "P", "PT", "P1", "1D", "P1DT", "P-1D", "P+1D", "p1d", "P1.5D", "P1H", "PT1D",
            "P1D1M", "P1D1D", "P 1D", "P1D ", "14 days", "PDT1S", "P１D", "P1M1Y",
        ];
        for text in texts {
            let error = Period::parse(text).unwrap_err();
            assert_eq!(error, PeriodError::Malformed(text.to_owned()), "{text}");
            assert!(error.to_string().contains("write one like"), "{error}");
        }
    }

    #[test]
    fn refuses_more_than_a_hundred_years() {
        let texts = [
            "P101Y",
            "P1201M",
            "P36526D",
            "PT876601H",
            "P99999999999999999999999999Y",
            "P18446744073709551615W",
        ];
        for text in texts {
            let error = Period::parse(text).unwrap_err();
            assert_eq!(error, PeriodError::TooLong(text.to_owned()), "{text}");
        }
    }

    #[test]
    fn displays_what_it_reads() {
        for text in ["P0D", "P14D", "P12M", "PT900S", "P18M3DT1S"] {
            assert_eq!(Period::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn exact_lengths_have_days_of_24_hours_and_no_months() {
        let length = |text| Period::parse(text).unwrap().exact_micros();
        assert_eq!(length("PT15M"), Some(900_000_000));
        assert_eq!(length("P1DT1S"), Some(86_401_000_000));
        assert_eq!(length("P1M"), None);
    }
}
