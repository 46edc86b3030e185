//! Instants: microseconds since 1970-01-01T00:00:00Z, the only form of time the ledger stores.

use std::fmt;

use thiserror::Error;

use super::program::LocalDate;

/// Microseconds of one second.
pub const MICROS_PER_SECOND: i64 = 1_000_000;
/// Microseconds of 24 hours.
pub const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// A point in time, in microseconds since 1970-01-01T00:00:00Z.
///
/// Valid from [`Instant::FIRST`] to [`Instant::LAST`]; [`Instant::NEVER`] sorts after all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(pub i64);

/// A time that would lie outside 1970-01-01T00:00:00Z to 9999-12-31T23:59:59.999999Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "the time lies outside 1970-01-01T00:00:00Z to 9999-12-31T23:59:59.999999Z; give one inside, or no expiry"
)]
pub struct InstantOutOfRange;

impl Instant {
    /// 1970-01-01T00:00:00Z, the earliest valid instant.
    pub const FIRST: Self = Self(0);
    /// 9999-12-31T23:59:59.999999Z, the latest valid instant.
    pub const LAST: Self = Self(253_402_300_799_999_999);
    /// Later than every valid instant: the expiry of points that do not expire.
    pub const NEVER: Self = Self(i64::MAX);
    /// Stands for the date of the lot's wallet, where points expire by inactivity.
    pub const WITH_WALLET: Self = Self(i64::MAX - 1);
    /// As far as time is looked ahead: later than every valid instant, before the two above.
    pub const FORESEEABLE: Self = Self(i64::MAX - 2);

    /// The instant `micros` after 1970-01-01T00:00:00Z, if it is a valid one.
    pub fn from_micros(micros: i64) -> Result<Self, InstantOutOfRange> {
        let instant = Self(micros);
        if instant.is_valid() {
            Ok(instant)
        } else {
            Err(InstantOutOfRange)
        }
    }

    /// Whether the instant lies in 1970–9999; `NEVER` does not.
    pub const fn is_valid(self) -> bool {
        self.0 >= Self::FIRST.0 && self.0 <= Self::LAST.0
    }

    /// The instant `micros` later (earlier when negative); an error for `NEVER` and outside 1970–9999.
    pub fn checked_add(self, micros: i64) -> Result<Self, InstantOutOfRange> {
        if !self.is_valid() {
            return Err(InstantOutOfRange);
        }
        Self::from_micros(self.0.checked_add(micros).ok_or(InstantOutOfRange)?)
    }
}

impl fmt::Display for Instant {
    /// RFC 3339 in UTC, with six decimals when there is a fraction: `2026-03-16T09:15:00Z`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::NEVER {
            return formatter.write_str("never");
        }
        if !self.is_valid() {
            return write!(formatter, "out of range ({} µs)", self.0);
        }
        let (date, micros_of_day) = LocalDate::split(self.0);
        let [hours, minutes, seconds, fraction] = clock_parts(micros_of_day);
        write!(formatter, "{date}T{hours:02}:{minutes:02}:{seconds:02}")?;
        if fraction != 0 {
            write!(formatter, ".{fraction:06}")?;
        }
        formatter.write_str("Z")
    }
}

fn clock_parts(micros_of_day: i64) -> [i64; 4] {
    let seconds = micros_of_day / MICROS_PER_SECOND;
    [
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60,
        micros_of_day % MICROS_PER_SECOND,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn displays_as_rfc_3339() {
        let cases = [
            (Instant::FIRST, "1970-01-01T00:00:00Z"),
            (Instant(1_773_652_500_000_000), "2026-03-16T09:15:00Z"),
            (Instant(1), "1970-01-01T00:00:00.000001Z"),
            (Instant::LAST, "9999-12-31T23:59:59.999999Z"),
            (Instant::NEVER, "never"),
            (Instant(-1), "out of range (-1 µs)"),
        ];
        for (instant, text) in cases {
            assert_eq!(instant.to_string(), text);
        }
    }

    #[test]
    fn addition_stays_inside_the_valid_range() {
        assert_eq!(Instant(5).checked_add(-5), Ok(Instant::FIRST));
        assert_eq!(Instant(5).checked_add(-6), Err(InstantOutOfRange));
        assert_eq!(
            Instant(Instant::LAST.0 - 1).checked_add(1),
            Ok(Instant::LAST)
        );
        assert_eq!(Instant::LAST.checked_add(1), Err(InstantOutOfRange));
        assert_eq!(Instant::LAST.checked_add(i64::MAX), Err(InstantOutOfRange));
        assert_eq!(Instant::NEVER.checked_add(-1), Err(InstantOutOfRange));
    }

    #[test]
    fn never_is_later_than_every_valid_instant() {
        assert!(Instant::LAST < Instant::NEVER);
        assert!(!Instant::NEVER.is_valid());
        assert_eq!(Instant::from_micros(i64::MAX), Err(InstantOutOfRange));
        assert_eq!(Instant::from_micros(-1), Err(InstantOutOfRange));
    }
}
