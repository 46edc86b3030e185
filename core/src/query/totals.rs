//! Figures over all members, from a view: sums of balances and the largest wallets.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::ledger::entry::Balance;
use crate::ledger::settle::settle;
use crate::ledger::state::Objects;
use crate::ledger::time::Instant;
use crate::ledger::wallet::Wallet;

/// The four parts of all wallets of one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub currency: u8,
    /// Wallets that have anything in any part.
    pub wallets: u64,
    pub pending: i128,
    pub available: i128,
    pub held: i128,
    pub debt: i128,
}

impl Totals {
    pub const fn outstanding(&self) -> i128 {
        self.pending + self.available + self.held - self.debt
    }

    pub(super) fn count(&mut self, balance: &Balance) {
        self.wallets += u64::from(*balance != Balance::default());
        self.pending += i128::from(balance.pending);
        self.available += i128::from(balance.available);
        self.held += i128::from(balance.held);
        self.debt += i128::from(balance.debt);
    }
}

/// One member of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberTotal {
    /// The member's number.
    pub member: u32,
    pub id: String,
    pub balance: Balance,
}

/// Tells number, id and balance at `now` of every member that has a wallet of the currency, by number. `now` is not
/// before the view's latest entry.
pub fn each_wallet(
    objects: &Objects,
    currency: u8,
    now: Instant,
    each: &mut dyn FnMut(u32, &str, Balance),
) {
    let mut number = 0;
    for chunk in &objects.chunks {
        for (place, member) in chunk.members().iter().enumerate() {
            if let Some(wallet) = member.wallet(currency) {
                each(number, chunk.id(place), settled_balance(wallet, now));
            }
            number += 1;
        }
    }
}

/// Sums over all wallets of one currency at `now`.
pub fn totals(objects: &Objects, currency: u8, now: Instant) -> Totals {
    let mut totals = Totals {
        currency,
        ..Totals::default()
    };
    each_wallet(objects, currency, now, &mut |_, _, balance| {
        totals.count(&balance);
    });
    totals
}

/// The members with the most available points at `now`; then the most pending; then by id.
pub fn largest_members(
    objects: &Objects,
    currency: u8,
    now: Instant,
    count: usize,
) -> Vec<MemberTotal> {
    let mut largest: BinaryHeap<Ranked> = BinaryHeap::new();
    each_wallet(objects, currency, now, &mut |member, id, balance| {
        let full = largest.len() >= count;
        if full
            && largest
                .peek()
                .is_none_or(|last| last.rank() < rank(&balance, id))
        {
            return;
        }
        let id = id.to_string();
        largest.push(Ranked(MemberTotal {
            member,
            id,
            balance,
        }));
        if full {
            largest.pop();
        }
    });
    let in_order = largest.into_sorted_vec().into_iter();
    in_order.map(|Ranked(member)| member).collect()
}

/// The balance at `now`; clones the wallet only if time has moved something.
pub(super) fn settled_balance(wallet: &Wallet, now: Instant) -> Balance {
    if wallet.next_due() > now {
        return wallet.balance();
    }
    let mut wallet = wallet.clone();
    settle(&mut wallet, now, &mut |_| {});
    wallet.balance()
}

type Rank<'a> = (Reverse<i64>, Reverse<i64>, &'a str);

fn rank<'a>(balance: &Balance, id: &'a str) -> Rank<'a> {
    (Reverse(balance.available), Reverse(balance.pending), id)
}

/// Sorts the largest member first.
#[derive(PartialEq, Eq)]
struct Ranked(MemberTotal);

impl Ranked {
    fn rank(&self) -> Rank<'_> {
        rank(&self.0.balance, &self.0.id)
    }
}

impl Ord for Ranked {
    fn cmp(&self, other: &Ranked) -> std::cmp::Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Ranked) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{ANN, BOB, Sample};
    use super::*;

    fn sample() -> Sample {
        let mut sample = Sample::new();
        sample.at(10).accrue(ANN, 100, 10, 50);
        sample.accrue(BOB, 60, 10, 90);
        sample.accrue(BOB, 7, 30, 90);
        sample
    }

    fn ranked(sample: &Sample, now: i64, count: usize) -> Vec<(String, i64, i64)> {
        let largest = largest_members(&sample.state.objects, 0, Instant(now), count);
        let figures = largest.into_iter().map(|one| {
            let Balance {
                available, pending, ..
            } = one.balance;
            (one.id, available, pending)
        });
        figures.collect()
    }

    #[test]
    fn the_largest_come_first_as_time_has_left_them() {
        let sample = sample();
        let (ann, bob) = ("ann".to_string(), "bob".to_string());
        assert_eq!(
            ranked(&sample, 10, 9),
            [(ann.clone(), 100, 0), (bob.clone(), 60, 7)]
        );
        assert_eq!(ranked(&sample, 50, 9), [(bob, 67, 0), (ann.clone(), 0, 0)]);
        assert_eq!(ranked(&sample, 10, 1), [(ann, 100, 0)]);
        assert_eq!(ranked(&sample, 10, 0), []);
    }

    #[test]
    fn equal_members_come_by_id() {
        let ids: Vec<String> = ranked(&Sample::new(), 0, 2)
            .into_iter()
            .map(|(id, _, _)| id)
            .collect();
        assert_eq!(ids, ["ann", "bob"]);
        assert_eq!(ranked(&Sample::new(), 0, 1)[0].0, "ann");
    }

    #[test]
    fn totals_count_every_part() {
        let mut sample = sample();
        sample.authorize(ANN, 30, 40);
        let now = totals(&sample.state.objects, 0, Instant(20));
        assert_eq!((now.wallets, now.available, now.pending), (2, 130, 7));
        assert_eq!((now.held, now.debt, now.outstanding()), (30, 0, 167));
        let later = totals(&sample.state.objects, 0, Instant(60));
        assert_eq!((later.wallets, later.outstanding()), (1, 67));
        assert_eq!(totals(&sample.state.objects, 3, Instant(20)).wallets, 0);
    }
}
