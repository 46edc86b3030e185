//! The parts of a program: currencies, the earn rule, reversals, time bounds and holds.

use std::fmt;

use super::{FixedDates, Pending, Period, Restore, Rounding, Shortfall, TransferShortfall};
use crate::ledger::time::MICROS_PER_SECOND;

/// A kind of points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Currency {
    pub name: String,
    /// Decimal places shown; amounts are always whole numbers of the smallest unit.
    pub scale: u8,
    pub pending: Pending,
    pub expiry: ExpiryPolicy,
    pub draw_order: DrawOrder,
}

/// When points of a currency expire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExpiryPolicy {
    #[default]
    Never,
    /// At the end of the local day a period after activation, rounded up to the end of a calendar span.
    Rolling {
        /// Of months and days alone.
        period: Period,
        round_up_to: Option<Rounding>,
    },
    /// At the end of the first fixed day of a year that is late enough.
    Fixed(FixedDates),
    /// At the end of the local day a period (of months and days alone) after the wallet's last activity.
    Sliding(Period),
}

/// Which lots a debit takes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DrawOrder {
    /// First expired, first out: expiry (never last), then activation, then lot.
    #[default]
    Fefo,
    /// First in, first out: activation, then lot.
    Fifo,
    /// Last in, first out: the reverse of `Fifo`.
    Lifo,
}

/// The base earn rule: `points` for every full `per_minor_units` of a purchase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarnRule {
    /// Id of the currency that is earned.
    pub currency: u8,
    /// In the currency's smallest unit; 0 earns nothing.
    pub points: i64,
    pub per_minor_units: i64,
    pub money: Money,
    /// Categories of lines that earn nothing.
    pub exclude: Vec<String>,
}

/// The ISO 4217 code of a money currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money([u8; 3]);

/// How reversals end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReversalRules {
    pub shortfall: Shortfall,
    pub restore: Restore,
    /// How long points returned to an expired lot stay valid under `Restore::Grace`; of months and days alone.
    pub grace: Period,
    pub transfer: TransferShortfall,
}

/// How far `occurred_at` may lie from `recorded_at`, in exact microseconds; `None` is unlimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeBounds {
    pub future_micros: Option<i64>,
    pub past_micros: Option<i64>,
}

/// How long an authorization lives, in exact microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoldBounds {
    pub default_micros: i64,
    pub longest_micros: i64,
}

impl Currency {
    /// Longest name, in bytes.
    pub const LONGEST_NAME: usize = 64;
    /// Most decimal places.
    pub const MOST_SCALE: u8 = 9;

    /// A currency with every setting at its default.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            scale: 0,
            pending: Pending::After(Period::ZERO),
            expiry: ExpiryPolicy::default(),
            draw_order: DrawOrder::default(),
        }
    }

    /// Whether a currency may have this name: a letter, then letters, digits, `_` and `-`.
    pub(super) fn is_name(name: &str) -> bool {
        name.len() <= Self::LONGEST_NAME
            && name.starts_with(|first: char| first.is_ascii_alphabetic())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
    }
}

impl EarnRule {
    /// Largest number of points a rule may give at once.
    pub const MOST_POINTS: i64 = 1_000_000_000;
    /// Most categories that earn nothing.
    pub const MOST_EXCLUDED: usize = 64;
    /// Longest category, in bytes.
    pub const LONGEST_CATEGORY: usize = 64;
    /// Largest amount of money a rule may ask for at once, in minor units.
    pub const MOST_MINOR_UNITS: i64 = 1_000_000_000_000;

    /// Points for an amount in minor units, floored once; `None` when negative or beyond 64 bits.
    pub fn award(&self, minor_units: i64) -> Option<i64> {
        if minor_units < 0 {
            return None;
        }
        let earned = i128::from(minor_units)
            .checked_mul(i128::from(self.points))?
            .checked_div(i128::from(self.per_minor_units))?;
        i64::try_from(earned).ok()
    }
}

impl Default for EarnRule {
    fn default() -> Self {
        Self {
            currency: 0,
            points: 1,
            per_minor_units: 100,
            money: Money(*b"EUR"),
            exclude: Vec::new(),
        }
    }
}

impl Money {
    /// Three capital letters; whether ISO 4217 lists them is not checked.
    pub fn new(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        Self::from_bytes(bytes)
    }

    /// The code from its three letters.
    pub fn from_bytes(bytes: [u8; 3]) -> Option<Self> {
        bytes
            .iter()
            .all(u8::is_ascii_uppercase)
            .then_some(Self(bytes))
    }

    /// The code's three letters.
    pub const fn bytes(self) -> [u8; 3] {
        self.0
    }

    /// The code as text.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("capital ASCII letters are UTF-8")
    }
}

impl fmt::Display for Money {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

impl Default for ReversalRules {
    fn default() -> Self {
        Self {
            shortfall: Shortfall::default(),
            restore: Restore::default(),
            grace: Period::of_days(30),
            transfer: TransferShortfall::default(),
        }
    }
}

impl Default for TimeBounds {
    fn default() -> Self {
        Self {
            future_micros: Some(900 * MICROS_PER_SECOND),
            past_micros: Some(60 * 86_400 * MICROS_PER_SECOND),
        }
    }
}

impl HoldBounds {
    /// The longest life any program may give a hold: 7 days.
    pub const MOST_MICROS: i64 = 7 * 86_400 * MICROS_PER_SECOND;
}

impl Default for HoldBounds {
    fn default() -> Self {
        Self {
            default_micros: 900 * MICROS_PER_SECOND,
            longest_micros: Self::MOST_MICROS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn awards_are_floored_once_and_never_overflow() {
        let rule = |points, per_minor_units| EarnRule {
            points,
            per_minor_units,
            ..EarnRule::default()
        };
        let cases = [
            (rule(1, 100), 3_690, Some(36)),
            (rule(1, 100), 99, Some(0)),
            (rule(3, 200), 199, Some(2)),
            (rule(0, 100), 5_000, Some(0)),
            (rule(1, 1), i64::MAX, Some(i64::MAX)),
            (rule(2, 1), i64::MAX, None),
            (rule(1, 100), -1, None),
            (
                rule(1_000_000_000, 1_000_000_000_000),
                i64::MAX,
                Some(9_223_372_036_854_775),
            ),
        ];
        for (rule, minor_units, points) in cases {
            assert_eq!(rule.award(minor_units), points, "{rule:?} of {minor_units}");
        }
    }

    #[test]
    fn money_is_three_capital_letters() {
        assert_eq!(
            Money::new("EUR").map(|money| money.to_string()),
            Some("EUR".to_owned())
        );
        for code in ["", "EU", "EURO", "eur", "E1R", "€"] {
            assert_eq!(Money::new(code), None, "{code}");
        }
    }

    #[test]
    fn names_are_letters_digits_and_dashes() {
        let longest = "a".repeat(64);
        for name in ["points", "store_credit", "Tier-2", longest.as_str()] {
            assert!(Currency::is_name(name), "{name}");
        }
        let too_long = "a".repeat(65);
        for name in ["", "a@b", "a b", "2nd", "-a", "ü", "a.b", too_long.as_str()] {
            assert!(!Currency::is_name(name), "{name}");
        }
    }
}
