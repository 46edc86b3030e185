//! One-time codes that are neither used nor known to be over.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::request::{Alias, MemberName, Text};
use super::time::Instant;

/// The kind of alias that a code is.
pub const ONE_TIME: &str = "one_time";

/// Names a member once, for a short while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneTimeCode {
    pub member: u32,
    /// The only partner that may use it; empty: anybody.
    pub partner: Box<str>,
    /// Most points that may be taken with it.
    pub points: i64,
    /// First instant at which it no longer works.
    pub expires_at: Instant,
}

impl OneTimeCode {
    /// Whether a request that is made on behalf of a partner, or of nobody, may use it.
    pub fn works(&self, now: Instant, partner: Option<&str>) -> bool {
        now < self.expires_at && (self.partner.is_empty() || partner == Some(&self.partner))
    }
}

/// The codes, by their hashes. Those that are over leave when others come, and when time is swept.
#[derive(Clone, Debug, Default)]
pub struct Codes {
    by_hash: Arc<BTreeMap<[u8; 16], OneTimeCode>>,
    by_expiry: Arc<BTreeSet<(Instant, [u8; 16])>>,
}

impl Codes {
    pub fn find(&self, hash: &[u8; 16]) -> Option<&OneTimeCode> {
        self.by_hash.get(hash)
    }

    /// In order of their hashes.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&[u8; 16], &OneTimeCode)> {
        self.by_hash.iter()
    }

    pub fn add(&mut self, hash: [u8; 16], code: OneTimeCode) {
        self.remove(&hash);
        Arc::make_mut(&mut self.by_expiry).insert((code.expires_at, hash));
        Arc::make_mut(&mut self.by_hash).insert(hash, code);
    }

    pub fn remove(&mut self, hash: &[u8; 16]) {
        if let Some(code) = self.by_hash.get(hash) {
            let place = (code.expires_at, *hash);
            Arc::make_mut(&mut self.by_expiry).remove(&place);
            Arc::make_mut(&mut self.by_hash).remove(hash);
        }
    }

    /// Forgets what is over.
    pub fn forget(&mut self, now: Instant) {
        while let Some((expires_at, hash)) = self.by_expiry.first().copied() {
            if expires_at > now {
                break;
            }
            self.remove(&hash);
        }
    }
}

/// A code that names a member once, for a short while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueOneTimeCode<'a> {
    pub member: MemberName<'a>,
    /// The code, of the kind `one_time`.
    pub alias: Alias<'a>,
    /// The only partner that may use it; empty: anybody.
    pub partner: Text<'a>,
    /// Most points that may be taken with it; `None`: none.
    pub points: Option<i64>,
    /// `None`: as long as can be.
    pub ttl_micros: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(expires_at: i64) -> OneTimeCode {
        OneTimeCode {
            member: 7,
            partner: Box::from(""),
            points: 0,
            expires_at: Instant(expires_at),
        }
    }

    #[test]
    fn what_is_over_is_forgotten_and_the_rest_stays() {
        let mut codes = Codes::default();
        for place in 1..=4_u8 {
            codes.add([place; 16], code(i64::from(place)));
        }
        codes.add([1; 16], code(9));
        codes.forget(Instant(3));
        let left: Vec<u8> = codes.iter().map(|(hash, _)| hash[0]).collect();
        assert_eq!(left, [1, 4]);
        codes.remove(&[4; 16]);
        codes.forget(Instant(9));
        assert_eq!(codes.iter().len(), 0);
        assert!(codes.by_expiry.is_empty());
    }

    #[test]
    fn a_code_works_before_its_end_for_whom_it_was_made() {
        let mut own = code(10);
        own.partner = Box::from("airline");
        assert!(own.works(Instant(9), Some("airline")));
        assert!(!own.works(Instant(10), Some("airline")));
        assert!(!own.works(Instant(9), Some("hotel")) && !own.works(Instant(9), None));
        assert!(code(10).works(Instant(9), None) && code(10).works(Instant(9), Some("hotel")));
    }
}
