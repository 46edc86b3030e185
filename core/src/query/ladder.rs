//! Expiry ladders: how many points end when, for one wallet and for all of them.

use std::collections::BTreeMap;

use crate::ledger::accounts::Account;
use crate::ledger::entry::Flow;
use crate::ledger::settle::settle;
use crate::ledger::state::Objects;
use crate::ledger::time::Instant;
use crate::ledger::wallet::Wallet;

/// What ends when if nothing else happens: holds lapse, pending lots activate, and what becomes available pays debt
/// first; that a freeze lapses is not foreseen. All steps and `never` add up to what is outstanding now (pending +
/// available + held − debt).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ladder {
    /// Instants after now, in order, with the points that expire there.
    pub steps: Vec<(Instant, i128)>,
    /// What stays for good, less the debt that nothing will pay; below zero if that is more.
    pub never: i128,
}

impl Ladder {
    pub fn outstanding(&self) -> i128 {
        self.steps.iter().map(|(_, points)| points).sum::<i128>() + self.never
    }

    fn new(steps: BTreeMap<Instant, i128>, outstanding: i128) -> Ladder {
        let never = outstanding - steps.values().sum::<i128>();
        let steps = steps.into_iter().filter(|(_, points)| *points != 0);
        Ladder {
            steps: steps.collect(),
            never,
        }
    }
}

/// One wallet's ladder at `now`, which is not before the wallet's latest effect.
pub fn ladder(wallet: &Wallet, now: Instant) -> Ladder {
    let mut future = wallet.clone();
    settle(&mut future, now, &mut |_| {});
    let outstanding = future.balance().outstanding();
    let mut steps = BTreeMap::new();
    let last = Instant::FORESEEABLE;
    settle(&mut future, last, &mut |movement| {
        if let (Flow::Expired, Some(due)) = (movement.flow, movement.due_at) {
            *steps.entry(due).or_default() += i128::from(movement.lot.amount);
        }
    });
    Ladder::new(steps, outstanding)
}

/// All wallets' ladder of one currency at `now`, which is not before the latest entry. Reads accounts and schedule,
/// no wallet: what was due by now counts as expired, recorded or not.
pub fn program_ladder(objects: &Objects, currency: u8, now: Instant) -> Ladder {
    let mut outstanding = outstanding(objects, currency);
    let mut steps: BTreeMap<Instant, i128> = BTreeMap::new();
    let due = objects.schedule.iter();
    for ((_, _, at), forecast) in due.filter(|((of, _, _), _)| *of == currency) {
        if *at <= now {
            outstanding -= forecast.expired + forecast.taken;
        } else {
            *steps.entry(*at).or_default() += forecast.expired;
        }
    }
    Ladder::new(steps, outstanding)
}

fn outstanding(objects: &Objects, currency: u8) -> i128 {
    objects
        .accounts
        .iter()
        .filter(|(of, _, _)| *of == currency)
        .map(|(_, _, sums)| sums[Account::Outstanding as usize])
        .sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::balance::BalanceView;
    use super::super::sample::{ANN, BOB, Sample, steps};
    use super::*;

    #[test]
    fn steps_and_what_never_ends() {
        let mut sample = Sample::new();
        sample.at(10).accrue(ANN, 60, 10, 100);
        sample.accrue(ANN, 150, 10, 200);
        sample.accrue(ANN, 50, 10, Instant::NEVER.0);
        sample.accrue(ANN, 80, 10, 40);
        let expected = [(Instant(100), 60), (Instant(200), 150)];
        let now = ladder(sample.wallet(ANN), Instant(40));
        assert_eq!((now.steps.as_slice(), now.never), (&expected[..], 50));
        assert_eq!(now.outstanding(), 260);
        assert_eq!(program_ladder(&sample.state.objects, 0, Instant(40)), now);
    }

    #[test]
    fn debt_takes_from_what_comes_first_then_from_what_stays() {
        let mut sample = Sample::new();
        sample.at(10).take_back(ANN, 100);
        sample.accrue(ANN, 60, 20, 90);
        sample.accrue(ANN, 70, 30, 90);
        let paid = ladder(sample.wallet(ANN), Instant(10));
        assert_eq!(
            (paid.steps.as_slice(), paid.never),
            (&[(Instant(90), 30)][..], 0)
        );
        sample.accrue(BOB, 5, 10, Instant::NEVER.0);
        sample.take_back(BOB, 25);
        let owed = ladder(sample.wallet(BOB), Instant(10));
        assert_eq!((owed.steps.len(), owed.never), (0, -20));
        let both = program_ladder(&sample.state.objects, 0, Instant(10));
        assert_eq!(
            (both.steps.as_slice(), both.never),
            (&[(Instant(90), 30)][..], -20)
        );
    }

    proptest! {
        #[test]
        fn a_ladder_adds_up_and_the_program_is_the_sum_of_its_members(steps in steps(), ahead in 0i64..9) {
            let mut sample = Sample::new();
            sample.play(&steps, |_| {});
            let now = Instant(sample.now + ahead);
            let mut sum: BTreeMap<Instant, i128> = BTreeMap::new();
            let mut never = 0;
            for id in [ANN, BOB] {
                let wallet = sample.wallet(id);
                let one = ladder(wallet, now);
                let balance = BalanceView::ahead(wallet, now).balance;
                prop_assert_eq!(one.outstanding(), balance.outstanding());
                prop_assert!(one.steps.iter().all(|(at, points)| *at > now && *points > 0));
                for (at, points) in one.steps {
                    *sum.entry(at).or_default() += points;
                }
                never += one.never;
            }
            let program = program_ladder(&sample.state.objects, 0, now);
            prop_assert_eq!(program.steps, sum.into_iter().collect::<Vec<_>>());
            prop_assert_eq!(program.never, never);
        }
    }
}
