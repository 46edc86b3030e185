//! The choices a program makes: when points activate, what happens to points that are gone, what tills may do offline.

use super::{LocalDate, Period};

/// From earning to activation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pending {
    /// A period after the earning.
    After(Period),
    /// When somebody says so: by `activate`.
    OnEvent,
}

/// Days of the year through which points are valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedDates {
    count: u8,
    /// Month and day, rising; 29 February stands for the last day of February.
    days: [(u8, u8); FixedDates::MOST],
    /// How long points stay valid at least; of months and days alone.
    pub min_valid: Period,
}

/// What happens to points that a reversal should take and that are gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Shortfall {
    #[default]
    Debt = 0,
    /// Written off, and made good by points that come back later.
    Clamp = 1,
    /// Kept back from the refund.
    ChargeShortfall = 2,
    /// The reversal is refused.
    Block = 3,
    /// Only what is still pending is taken; the rest is written off.
    PendingOnly = 4,
}

/// What happens to points that return to a lot which expired meanwhile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Restore {
    /// They come back and expire at once.
    Original = 0,
    /// They become a new lot, valid for the grace period.
    #[default]
    Grace = 1,
    /// They become a new lot, as if earned now.
    Reissue = 2,
}

/// What happens to transferred points that a reversal should take and that the receiver has spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum TransferShortfall {
    #[default]
    Block = 0,
    Debt = 1,
}

/// What happens to points that a till gave value for offline and that are not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Overdraft {
    #[default]
    Debt = 0,
    /// Nothing is taken; the store's account is charged.
    DeclineToMerchant = 1,
}

/// What tills may decide without the ledger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OfflineRules {
    /// Points per member and local day; `None` is unlimited.
    pub floor_limit: Option<i64>,
    pub overdraft: Overdraft,
}

/// What partners may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PartnerRules {
    /// More points than this are taken only from a member who proves to be there; `None`: any.
    pub verify_above: Option<i64>,
}

/// What points are worth when a purchase is paid with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpendRule {
    /// Id of the currency that pays.
    pub currency: u8,
    pub points: i64,
    pub minor_units: i64,
}

impl FixedDates {
    /// Most days of a year.
    pub const MOST: usize = 12;

    /// Days in any order; `None` if there are none or too many, if one is twice there, or if one is no day.
    pub fn new(days: &[(u8, u8)], min_valid: Period) -> Option<FixedDates> {
        let mut sorted = [(0, 0); FixedDates::MOST];
        let count = days.len();
        sorted.get_mut(..count)?.copy_from_slice(days);
        let used = &mut sorted[..count];
        used.sort_unstable();
        let exists = |(month, day): &(u8, u8)| LocalDate::new(2024, *month, *day).is_some();
        let twice = used.windows(2).any(|pair| pair[0] == pair[1]);
        let fits = count > 0 && !twice && used.iter().all(exists);
        fits.then_some(FixedDates {
            count: u8::try_from(count).ok()?,
            days: sorted,
            min_valid,
        })
    }

    pub fn days(&self) -> &[(u8, u8)] {
        &self.days[..usize::from(self.count)]
    }

    /// The first of the days on or after a date.
    pub fn next(&self, date: LocalDate) -> Option<LocalDate> {
        let (year, _, _) = date.year_month_day();
        let of_year = |year| {
            let days = self.days().iter();
            days.filter_map(move |(month, day)| {
                let exact = LocalDate::new(year, *month, *day);
                exact.or_else(|| LocalDate::new(year, 2, 28))
            })
        };
        let following = year.checked_add(1)?;
        of_year(year)
            .chain(of_year(following))
            .find(|found| *found >= date)
    }
}

impl Shortfall {
    pub const ALL: [(&'static str, Shortfall); 5] = [
        ("debt", Shortfall::Debt),
        ("clamp", Shortfall::Clamp),
        ("charge_shortfall", Shortfall::ChargeShortfall),
        ("block", Shortfall::Block),
        ("pending_only", Shortfall::PendingOnly),
    ];

    pub fn from_number(number: u8) -> Option<Shortfall> {
        let found = Shortfall::ALL.get(usize::from(number));
        found.map(|(_, policy)| *policy)
    }

    /// The policy of a name, as in the program file.
    pub fn from_name(name: &str) -> Option<Shortfall> {
        let found = Shortfall::ALL.iter().find(|(known, _)| *known == name);
        found.map(|(_, policy)| *policy)
    }
}

impl Restore {
    pub const ALL: [(&'static str, Restore); 3] = [
        ("original", Restore::Original),
        ("grace", Restore::Grace),
        ("reissue", Restore::Reissue),
    ];

    pub fn from_number(number: u8) -> Option<Restore> {
        let found = Restore::ALL.get(usize::from(number));
        found.map(|(_, policy)| *policy)
    }

    /// The policy of a name, as in the program file.
    pub fn from_name(name: &str) -> Option<Restore> {
        let found = Restore::ALL.iter().find(|(known, _)| *known == name);
        found.map(|(_, policy)| *policy)
    }
}

impl OfflineRules {
    /// The highest floor limit that can be stated.
    pub const MOST_POINTS: i64 = 1 << 53;
}

impl SpendRule {
    /// Minor units that points are worth, floored; as much as fits a number.
    pub fn worth(&self, points: i64) -> i64 {
        let worth = i128::from(points)
            .saturating_mul(i128::from(self.minor_units))
            .checked_div(i128::from(self.points));
        i64::try_from(worth.unwrap_or(0)).unwrap_or(i64::MAX)
    }
}

impl Default for SpendRule {
    fn default() -> SpendRule {
        SpendRule {
            currency: 0,
            points: 1,
            minor_units: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i32, month: u8, day: u8) -> LocalDate {
        LocalDate::new(year, month, day).expect("tests write dates right")
    }

    #[test]
    fn the_next_fixed_day_is_the_first_on_or_after() {
        let dates = FixedDates::new(&[(9, 30), (2, 29)], Period::ZERO).expect("two days");
        assert_eq!(dates.days(), [(2, 29), (9, 30)]);
        let cases = [
            (date(2026, 1, 1), date(2026, 2, 28)),
            (date(2026, 2, 28), date(2026, 2, 28)),
            (date(2026, 3, 1), date(2026, 9, 30)),
            (date(2026, 10, 1), date(2027, 2, 28)),
            (date(2027, 10, 1), date(2028, 2, 29)),
        ];
        for (from, next) in cases {
            assert_eq!(dates.next(from), Some(next), "{from:?}");
        }
    }

    #[test]
    fn fixed_days_exist_once_and_are_few() {
        let none: &[(u8, u8)] = &[];
        for days in [
            none,
            &[(2, 30)],
            &[(13, 1)],
            &[(3, 31), (3, 31)],
            &[(1, 1); 13],
        ] {
            assert_eq!(FixedDates::new(days, Period::ZERO), None, "{days:?}");
        }
    }

    #[test]
    fn worth_is_floored() {
        let rule = SpendRule {
            points: 3,
            minor_units: 2,
            ..SpendRule::default()
        };
        assert_eq!(
            [0, 1, 2, 3, 250].map(|points| rule.worth(points)),
            [0, 0, 1, 2, 166]
        );
        assert_eq!(rule.worth(i64::MAX), 6_148_914_691_236_517_204);
        let dear = SpendRule {
            minor_units: 1_000,
            ..SpendRule::default()
        };
        assert_eq!(dear.worth(i64::MAX), i64::MAX);
    }

    #[test]
    fn policies_keep_their_numbers_and_names() {
        for (number, (name, policy)) in Shortfall::ALL.into_iter().enumerate() {
            assert_eq!(policy as usize, number);
            assert_eq!(Shortfall::from_number(policy as u8), Some(policy));
            assert_eq!(Shortfall::from_name(name), Some(policy));
        }
        for (number, (name, policy)) in Restore::ALL.into_iter().enumerate() {
            assert_eq!(policy as usize, number);
            assert_eq!(Restore::from_number(policy as u8), Some(policy));
            assert_eq!(Restore::from_name(name), Some(policy));
        }
    }
}
