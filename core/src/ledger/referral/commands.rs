//! What is asked for about referrals.

use std::borrow::Cow;

use super::codes;
use super::coupon::CouponAction;
use super::touch::Method;
use crate::ledger::request::{MemberName, Text};
use crate::ledger::time::Instant;

/// Bytes of a touch token.
pub const TOKEN_BYTES: usize = 256;
/// Bytes of a fingerprint.
pub const FINGERPRINT_BYTES: usize = 64;
/// Fingerprints of one naming.
pub const FINGERPRINTS: usize = 32;
/// Microseconds that a coupon is reserved at least, and at most if it has an end.
pub const COUPON_MICROS: std::ops::RangeInclusive<i64> = 1_000_000..=365 * 86_400_000_000;

/// An advocate gets a code to hand on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueCode<'a> {
    pub program: Text<'a>,
    pub member: MemberName<'a>,
    /// The member's own choice; `None`: one that follows from the request's key.
    pub code: Option<Text<'a>>,
    /// A coupon for one friend.
    pub single_use: bool,
    /// First instant at which it no longer works; `None`: it stays.
    pub expires_at: Option<Instant>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisableCode<'a> {
    pub program: Text<'a>,
    pub code: Text<'a>,
    pub reason: Text<'a>,
    pub actor: Text<'a>,
}

/// Somebody was reached by a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordTouch<'a> {
    pub program: Text<'a>,
    pub method: Method,
    /// What a later claim names; without one the touch is counted alone.
    pub token: Option<Text<'a>>,
    pub code: Text<'a>,
    pub touched_at: Instant,
}

/// How a friend names who brought them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Naming<'a> {
    /// Empty: the only one there is.
    pub program: Text<'a>,
    pub code: Option<Text<'a>>,
    pub token: Option<Text<'a>>,
    /// `kind:value` each, in order, each once.
    pub fingerprints: Vec<Text<'a>>,
}

/// A member says who brought them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindReferral<'a> {
    pub friend: MemberName<'a>,
    pub naming: Naming<'a>,
}

/// A friend did what counts and is no purchase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordStep<'a> {
    pub program: Text<'a>,
    pub friend: MemberName<'a>,
    pub step: Text<'a>,
}

/// A person decides on a referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewReferral<'a> {
    pub program: Text<'a>,
    pub friend: MemberName<'a>,
    pub decision: ReviewDecision,
    /// The advocate whom it is moved to.
    pub to: Option<MemberName<'a>>,
    pub reason: Text<'a>,
    pub actor: Text<'a>,
    /// The second person who agrees to a move; empty for other decisions.
    pub approved_by: Text<'a>,
}

/// A till reserves a coupon, uses it, or gives it free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeCoupon<'a> {
    pub program: Text<'a>,
    pub code: Text<'a>,
    pub member: MemberName<'a>,
    pub action: CouponAction,
    /// Microseconds that it is reserved; `None`: until it is used or given free.
    pub ttl_micros: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ReviewDecision {
    Freeze = 1,
    Release = 2,
    Deny = 3,
    Move = 4,
}

/// What waits for the end of a month is let go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosePeriod<'a> {
    pub program: Text<'a>,
    pub month: Month,
}

/// A calendar month of the program's zone, as months since January of year 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month(pub i32);

/// What became of a chargeback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum DisputeOutcome {
    /// The sale is taken back whole.
    Lost = 1,
    /// What that took is given back.
    Won = 2,
}

impl ReviewDecision {
    pub const ALL: [(&'static str, ReviewDecision); 4] = [
        ("freeze", ReviewDecision::Freeze),
        ("release", ReviewDecision::Release),
        ("deny", ReviewDecision::Deny),
        ("move", ReviewDecision::Move),
    ];
}

impl ChangeCoupon<'_> {
    /// First instant at which what is reserved now is open again.
    pub fn ends_at(&self, now: Instant) -> Instant {
        match self.ttl_micros {
            Some(ttl) => Instant(now.0.saturating_add(ttl)).min(Instant::LAST),
            None => Instant::NEVER,
        }
    }
}

impl DisputeOutcome {
    pub const ALL: [(&'static str, DisputeOutcome); 2] =
        [("lost", DisputeOutcome::Lost), ("won", DisputeOutcome::Won)];
}

impl Month {
    pub const fn of(year: i32, month: u8) -> Month {
        Month(year * 12 + month as i32 - 1)
    }

    pub const fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// From 1 to 12.
    pub const fn number(self) -> u8 {
        (self.0.rem_euclid(12) + 1) as u8
    }

    /// The month after it.
    pub const fn next(self) -> Month {
        Month(self.0 + 1)
    }

    /// Of `2026-03`.
    pub fn parse(text: &str) -> Option<Month> {
        let (year, month) = text.split_once('-')?;
        let is_number = |part: &str, length| {
            part.len() == length && part.bytes().all(|letter| letter.is_ascii_digit())
        };
        if !is_number(year, 4) || !is_number(month, 2) {
            return None;
        }
        let (year, month) = (year.parse().ok()?, month.parse().ok()?);
        ((1970..=9998).contains(&year) && (1..=12).contains(&month)).then(|| Month::of(year, month))
    }
}

impl<'a> Naming<'a> {
    /// The naming with its code as codes are kept and its fingerprints in order, each once.
    pub fn of(
        program: Text<'a>,
        code: Option<Text<'a>>,
        token: Option<Text<'a>>,
        mut fingerprints: Vec<Text<'a>>,
    ) -> Naming<'a> {
        fingerprints.sort();
        fingerprints.dedup();
        Naming {
            program,
            code: code.map(plain),
            token,
            fingerprints,
        }
    }

    /// Whether it says who brought the friend.
    pub const fn names_somebody(&self) -> bool {
        self.code.is_some() || self.token.is_some()
    }
}

/// A code as codes are kept; what can't be one stays as it was typed.
pub fn plain(typed: Text<'_>) -> Text<'_> {
    match codes::read(&typed) {
        Some(read) if *read != *typed => Cow::Owned(read),
        _ => typed,
    }
}

/// What changes nothing but where it came from.
pub(in crate::ledger) mod owned {
    use super::*;

    fn text(text: Text<'_>) -> Text<'static> {
        Cow::Owned(text.into_owned())
    }

    impl IssueCode<'_> {
        pub fn into_owned(self) -> IssueCode<'static> {
            IssueCode {
                program: text(self.program),
                member: self.member.into_owned(),
                code: self.code.map(text),
                ..self
            }
        }
    }

    impl DisableCode<'_> {
        pub fn into_owned(self) -> DisableCode<'static> {
            DisableCode {
                program: text(self.program),
                code: text(self.code),
                reason: text(self.reason),
                actor: text(self.actor),
            }
        }
    }

    impl RecordTouch<'_> {
        pub fn into_owned(self) -> RecordTouch<'static> {
            RecordTouch {
                program: text(self.program),
                token: self.token.map(text),
                code: text(self.code),
                ..self
            }
        }
    }

    impl Naming<'_> {
        pub fn into_owned(self) -> Naming<'static> {
            Naming {
                program: text(self.program),
                code: self.code.map(text),
                token: self.token.map(text),
                fingerprints: self.fingerprints.into_iter().map(text).collect(),
            }
        }
    }

    impl BindReferral<'_> {
        pub fn into_owned(self) -> BindReferral<'static> {
            BindReferral {
                friend: self.friend.into_owned(),
                naming: self.naming.into_owned(),
            }
        }
    }

    impl RecordStep<'_> {
        pub fn into_owned(self) -> RecordStep<'static> {
            RecordStep {
                program: text(self.program),
                friend: self.friend.into_owned(),
                step: text(self.step),
            }
        }
    }

    impl ReviewReferral<'_> {
        pub fn into_owned(self) -> ReviewReferral<'static> {
            ReviewReferral {
                program: text(self.program),
                friend: self.friend.into_owned(),
                decision: self.decision,
                to: self.to.map(MemberName::into_owned),
                reason: text(self.reason),
                actor: text(self.actor),
                approved_by: text(self.approved_by),
            }
        }
    }

    impl ChangeCoupon<'_> {
        pub fn into_owned(self) -> ChangeCoupon<'static> {
            ChangeCoupon {
                program: text(self.program),
                code: text(self.code),
                member: self.member.into_owned(),
                ..self
            }
        }
    }

    impl ClosePeriod<'_> {
        pub fn into_owned(self) -> ClosePeriod<'static> {
            ClosePeriod {
                program: text(self.program),
                month: self.month,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_read_strictly() {
        assert_eq!(Month::parse("2026-03"), Some(Month::of(2026, 3)));
        assert_eq!(Month::of(2026, 12).next(), Month::of(2027, 1));
        let month = Month::of(2026, 12);
        assert_eq!((month.year(), month.number()), (2026, 12));
        for wrong in [
            "2026-3", "2026-13", "2026-00", "26-03", "+026-03", "2026/03", "",
        ] {
            assert_eq!(Month::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_naming_is_the_same_however_it_was_typed() {
        let of = |code: &'static str, prints: [&'static str; 3]| {
            let prints = prints.map(Cow::Borrowed).to_vec();
            Naming::of("".into(), Some(code.into()), None, prints)
        };
        let first = of("my-code", ["b:1", "a:1", "b:1"]);
        assert_eq!(first, of("MY CODE", ["a:1", "b:1", "b:1"]));
        assert_eq!(
            of("37c8qm8d8", ["a:1"; 3]).code.as_deref(),
            Some("37c8qm8d8")
        );
    }
}
