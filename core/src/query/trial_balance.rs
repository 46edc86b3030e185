//! The trial balance: every account of every currency and terms at an instant, and the balances that stand against it.

use std::collections::BTreeMap;

use super::totals::{Totals, settled_balance};
use crate::ledger::accounts::{Account, Sums};
use crate::ledger::lot::TermsId;
use crate::ledger::state::Objects;
use crate::ledger::time::Instant;

/// All totals at the end of microsecond `at`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrialBalance {
    pub at: Instant,
    /// Per currency and terms, in order; terms number 0 also bears all debt.
    pub lines: Vec<TrialLine>,
    /// Per currency: what the wallets hold, counted one by one.
    pub members: Vec<Totals>,
}

/// The accounts of one currency and one set of terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrialLine {
    pub currency: u8,
    pub terms: TermsId,
    /// As booked: what members gained stands above zero on `Outstanding` and below zero opposite.
    pub sums: Sums,
}

impl TrialLine {
    /// Points of one account as people name them: accrued, redeemed, expired … above zero.
    pub const fn points(&self, account: Account) -> i128 {
        points(&self.sums, account)
    }
}

impl TrialBalance {
    /// The accounts of one currency over all terms.
    pub fn sums(&self, currency: u8) -> Sums {
        let mut sums = [0; Account::COUNT];
        for line in self.lines.iter().filter(|line| line.currency == currency) {
            for (sum, more) in sums.iter_mut().zip(line.sums) {
                *sum += more;
            }
        }
        sums
    }

    /// Points of one account of a currency over all terms, as people name them.
    pub fn points(&self, currency: u8, account: Account) -> i128 {
        points(&self.sums(currency), account)
    }

    /// Whether in every currency the accounts add up to zero and what is outstanding is what the wallets hold.
    pub fn balanced(&self) -> bool {
        self.members.iter().all(|members| {
            let sums = self.sums(members.currency);
            sums.iter().sum::<i128>() == 0
                && sums[Account::Outstanding as usize] == members.outstanding()
        })
    }
}

/// The trial balance at `at`, or at the view's latest entry if that is later. For an instant before it, bring a view
/// of that time: the same function holds for it. Passes over every wallet.
pub fn trial_balance(objects: &Objects, at: Instant) -> TrialBalance {
    let at = at.max(objects.recorded_at.instant());
    let lines = trial_lines(objects, at);
    let mut members: BTreeMap<u8, Totals> = BTreeMap::new();
    for line in &lines {
        members.entry(line.currency).or_default();
    }
    for member in objects.chunks.iter().flat_map(|chunk| chunk.members()) {
        for (currency, wallet) in member.wallets() {
            let totals = members.entry(currency).or_default();
            totals.count(&settled_balance(wallet, at));
        }
    }
    let members = members.into_iter();
    TrialBalance {
        at,
        lines,
        members: members
            .map(|(currency, totals)| Totals { currency, ..totals })
            .collect(),
    }
}

/// The accounts alone, with what time moves until `at` added from the schedule. Reads no wallet.
pub fn trial_lines(objects: &Objects, at: Instant) -> Vec<TrialLine> {
    let mut accounts = objects.accounts.clone();
    let due = objects
        .schedule
        .iter()
        .filter(|((_, _, due), _)| *due <= at);
    for ((currency, terms, _), forecast) in due {
        let mut sums = accounts.sums(*currency, *terms);
        sums[Account::Outstanding as usize] -= forecast.expired + forecast.paid + forecast.taken;
        sums[Account::AccrualReversed as usize] += forecast.taken;
        sums[Account::Expired as usize] += forecast.expired;
        accounts.set(*currency, *terms, sums);
        let mut debt = accounts.sums(*currency, TermsId::NONE);
        debt[Account::Outstanding as usize] += forecast.paid;
        accounts.set(*currency, TermsId::NONE, debt);
    }
    let booked = accounts.iter();
    booked
        .map(|(currency, terms, sums)| TrialLine {
            currency,
            terms,
            sums: *sums,
        })
        .collect()
}

const fn points(sums: &Sums, account: Account) -> i128 {
    let booked = sums[account as usize];
    match account {
        Account::Accrued | Account::RedemptionReversed | Account::Reinstated => -booked,
        Account::Adjusted | Account::TransferredIn => -booked,
        Account::WrittenOff | Account::SettledInCash => -booked,
        Account::Outstanding | Account::AccrualReversed | Account::Redeemed => booked,
        Account::Expired | Account::TransferredOut | Account::Forfeited => booked,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::sample::{ANN, BOB, Sample, steps};
    use super::*;

    #[test]
    fn accounts_by_terms_with_what_time_has_moved() {
        let mut sample = Sample::new();
        sample.at(10).accrue_under(ANN, 100, 10, 50, 1);
        sample.accrue(BOB, 40, 10, 90);
        sample.redeem(BOB, 15);
        let now = trial_balance(&sample.state.objects, Instant(10));
        let later = trial_balance(&sample.state.objects, Instant(50));
        assert_eq!(now.points(0, Account::Outstanding), 125);
        assert_eq!(later.points(0, Account::Outstanding), 25);
        assert_eq!(later.points(0, Account::Expired), 100);
        assert_eq!(later.points(0, Account::Accrued), 140);
        assert_eq!(later.points(0, Account::Redeemed), 15);
        let funded = &later.lines[1];
        assert_eq!((funded.currency, funded.terms), (0, TermsId(1)));
        assert_eq!(funded.points(Account::Expired), 100);
        assert_eq!(later.members[0].available, 25);
        sample.at(50).sweep();
        assert_eq!(trial_balance(&sample.state.objects, Instant(50)), later);
    }

    #[test]
    fn debt_is_paid_from_terms_to_terms() {
        let mut sample = Sample::new();
        sample.at(10).take_back(ANN, 30);
        sample.accrue_under(ANN, 50, 20, 90, 1);
        let ahead = trial_balance(&sample.state.objects, Instant(20));
        let outstanding = |terms: usize| ahead.lines[terms].points(Account::Outstanding);
        assert_eq!((outstanding(0), outstanding(1)), (0, 20));
        assert_eq!(ahead.members[0].debt, 0);
        assert!(ahead.balanced());
    }

    #[test]
    fn an_instant_before_the_view_is_answered_for_the_view() {
        let mut sample = Sample::new();
        sample.at(10).accrue(ANN, 1, 10, 90);
        let answer = trial_balance(&sample.state.objects, Instant(5));
        assert_eq!(answer.at, Instant(10));
    }

    proptest! {
        #[test]
        fn it_balances_at_every_instant_and_a_sweep_changes_nothing(steps in steps(), ahead in 0i64..30) {
            let mut sample = Sample::new();
            sample.play(&steps, |sample| {
                let now = Instant(sample.now + ahead);
                assert!(trial_balance(&sample.state.objects, now).balanced());
                let before = trial_balance(&sample.state.objects, Instant(sample.now));
                sample.sweep();
                assert_eq!(trial_balance(&sample.state.objects, Instant(sample.now)), before);
            });
        }
    }
}
