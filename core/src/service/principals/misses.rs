//! How often a principal may look for members that do not exist: cards and codes cannot be guessed one after the other.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use parking_lot::Mutex;
use prometheus_client::metrics::counter::Counter;

use super::principal::Principal;
use crate::ledger::rejection::{Code, Rejection};
use crate::ledger::time::{Instant, MICROS_PER_SECOND};

/// What the file allows everybody but operators, if it says nothing.
pub const USUAL_PER_MINUTE: u32 = 60;
const MINUTE: i64 = 60 * MICROS_PER_SECOND;

/// Misses of all principals. Only those that have some left to wait out are kept, by their names.
#[derive(Debug, Default)]
pub struct Misses {
    debts: Mutex<HashMap<String, Debt>>,
    /// All that were noted, also of those who may miss as often as they like.
    noted: Counter,
    refused: Counter,
}

/// Misses count as debt that is paid off by time: a minute pays what may be missed in a minute.
#[derive(Clone, Copy, Debug)]
struct Debt {
    /// Microseconds of waiting.
    micros: i64,
    since: Instant,
}

impl Debt {
    fn left(self, now: Instant) -> i64 {
        // A clock that goes back pays nothing, and takes nothing back either.
        let paid = now.0.saturating_sub(self.since.0).max(0);
        self.micros.saturating_sub(paid).max(0)
    }
}

impl Misses {
    pub fn counted_by(noted: &Counter, refused: &Counter) -> Misses {
        Misses {
            debts: Mutex::default(),
            noted: noted.clone(),
            refused: refused.clone(),
        }
    }

    /// Whether it may look for one more member.
    pub fn check(&self, principal: &Principal, now: Instant) -> Result<(), Rejection> {
        let Some(price) = price(principal) else {
            return Ok(());
        };
        let debts = self.debts.lock();
        let left = debts.get(&principal.name).map_or(0, |debt| debt.left(now));
        if left.saturating_add(price) <= MINUTE {
            return Ok(());
        }
        self.refused.inc();
        tracing::info!(
            principal = principal.name,
            "refused: it looks for too many members that do not exist"
        );
        let seconds = (left + price - MINUTE).div_euclid(MICROS_PER_SECOND) + 1;
        let message = format!(
            "{:?} has looked for too many members that do not exist; ask again in {seconds} s",
            principal.name
        );
        Err(Rejection::new(Code::RateLimited, message))
    }

    /// Notes members that were looked for in vain: all of a batch at once.
    pub fn note(&self, principal: &Principal, missed: u32, now: Instant) {
        self.noted.inc_by(u64::from(missed));
        let Some(price) = price(principal).filter(|_| missed > 0) else {
            return;
        };
        let more = price.saturating_mul(i64::from(missed));
        let mut debts = self.debts.lock();
        if !debts.contains_key(&principal.name) {
            debts.retain(|_, debt| debt.left(now) > 0);
        }
        let micros = match debts.entry(principal.name.clone()) {
            Entry::Vacant(_) => more,
            Entry::Occupied(debt) => debt.get().left(now).saturating_add(more),
        };
        debts.insert(principal.name.clone(), Debt { micros, since: now });
    }
}

/// Microseconds that one miss costs; `None` for whoever may miss as often as it likes.
fn price(principal: &Principal) -> Option<i64> {
    let per_minute = principal.limits.misses_per_minute?;
    Some(MINUTE / i64::from(per_minute.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Instant = Instant(1_000 * MINUTE);

    fn guesser(name: &str, per_minute: Option<u32>) -> Principal {
        let mut principal = Principal::on_loopback();
        principal.name = name.to_owned();
        principal.limits.misses_per_minute = per_minute;
        principal
    }

    fn after(seconds: i64) -> Instant {
        Instant(START.0 + seconds * MICROS_PER_SECOND)
    }

    #[test]
    fn a_minutes_misses_are_free_and_then_one_comes_back_at_a_time() {
        let (misses, till) = (Misses::default(), guesser("a", Some(60)));
        for _ in 0..60 {
            misses.check(&till, START).unwrap();
            misses.note(&till, 1, START);
        }
        let refused = misses.check(&till, START).unwrap_err();
        assert_eq!(refused.code, Code::RateLimited);
        assert_eq!((misses.noted.get(), misses.refused.get()), (60, 1));
        assert!(refused.message.contains("in 2 s"), "{refused}");
        misses.check(&till, after(1)).unwrap();
        misses.note(&till, 1, after(1));
        assert!(misses.check(&till, after(1)).is_err());
        misses.check(&till, after(2)).unwrap();
    }

    #[test]
    fn whoever_finds_members_may_go_on_for_ever_and_others_do_not_matter() {
        let (misses, till) = (Misses::default(), guesser("a", Some(1)));
        for _ in 0..1_000 {
            misses.check(&till, START).unwrap();
        }
        misses.note(&guesser("b", Some(1)), 1, START);
        assert!(misses.check(&guesser("b", Some(1)), START).is_err());
        misses.check(&till, START).unwrap();
    }

    #[test]
    fn a_batch_of_guesses_is_waited_out_whole() {
        let (misses, till) = (Misses::default(), guesser("a", Some(60)));
        misses.note(&till, 8_192, START);
        assert!(misses.check(&till, after(8_192 - 60)).is_err());
        misses.check(&till, after(8_192 - 60 + 1)).unwrap();
    }

    #[test]
    fn whoever_has_no_limit_is_not_counted() {
        let (misses, operator) = (Misses::default(), guesser("a", None));
        misses.note(&operator, 1_000_000, START);
        misses.check(&operator, START).unwrap();
        assert!(misses.debts.lock().is_empty());
    }

    #[test]
    fn what_is_waited_out_is_forgotten() {
        let misses = Misses::default();
        for number in 0..100 {
            misses.note(&guesser(&number.to_string(), Some(60)), 1, after(number));
        }
        assert!(misses.debts.lock().len() <= 2);
    }

    #[test]
    fn a_clock_that_goes_back_neither_pays_nor_panics() {
        let (misses, till) = (Misses::default(), guesser("a", Some(1)));
        misses.note(&till, 1, after(10));
        assert!(misses.check(&till, START).is_err());
        misses.note(&till, u32::MAX, Instant(i64::MIN));
        assert!(misses.check(&till, Instant(i64::MAX)).is_ok());
    }
}
