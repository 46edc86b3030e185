//! What is found out from the files of a book, so that nobody has to go through them.

use imbl::{OrdMap, OrdSet};

use super::advocates::Advocates;
use super::given::Given;
use crate::ledger::referral::file::{File, Reward, RoleNumber};
use crate::ledger::time::Instant;

/// What is found out from the files of a book.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    /// Claims by the code that they wait for and by their token, each followed by the first claim and the friend.
    by_code: OrdSet<(Box<str>, u64, u32)>,
    by_token: OrdSet<(Box<str>, u64, u32)>,
    /// Friends who are bound, by advocate.
    pub(super) friends: OrdSet<(u32, u32)>,
    /// The same, by friend.
    pub(super) advocates: Advocates,
    /// Friends by who shares the credit for them without having brought them.
    pub(super) sharers: OrdSet<(u32, u32)>,
    /// Rewards of the role advocate that count.
    pub(super) given: Given,
    /// Points that all roles keep.
    pub(super) spent: i128,
    /// Friends whose rewards are frozen, by the instant at which that lapses.
    pub(super) frozen: OrdSet<(Instant, u32)>,
    /// Friends whose rewards wait for a close, by the end of their hold.
    pub(super) to_close: OrdSet<(Instant, u32)>,
    /// Friends whose referral gave a voucher, by its code.
    pub(super) vouchers: OrdMap<Box<str>, u32>,
    /// Milestones that stand, by advocate.
    pub(super) milestones: OrdMap<(u32, RoleNumber), i64>,
}

impl Index {
    /// Friends whose claim waits for a code, the first to claim first.
    pub(super) fn claims_of_code(&self, code: &str) -> impl Iterator<Item = u32> + use<'_> {
        named(&self.by_code, code)
    }

    /// Friends whose claim names a token, the first to claim first.
    pub(super) fn claims_of_token(&self, token: &str) -> impl Iterator<Item = u32> + use<'_> {
        named(&self.by_token, token)
    }

    pub(super) fn add(&mut self, friend: u32, file: &File) {
        self.follow(friend, None, file);
    }

    /// A file takes the place of another.
    pub(super) fn follow(&mut self, friend: u32, old: Option<&File>, new: &File) {
        self.follow_claim(friend, old, new);
        let advocate = |file: &File| file.bound().map(|edge| edge.advocate);
        let (was, is) = (old.and_then(advocate), advocate(new));
        if was != is {
            was.map(|advocate| self.friends.remove(&(advocate, friend)));
            is.map(|advocate| self.friends.insert((advocate, friend)));
            self.advocates.set(friend, is);
        }
        if let Some(old) = old.filter(|old| !old.conversions.is_empty()) {
            self.count(friend, old, false);
        }
        if !new.conversions.is_empty() {
            self.count(friend, new, true);
        }
    }

    fn follow_claim(&mut self, friend: u32, old: Option<&File>, new: &File) {
        fn names(file: &File) -> [Option<&str>; 2] {
            let Some(claim) = &file.claim else {
                return [None; 2];
            };
            // A code that was found good is not issued again.
            let code = claim.code.as_deref().filter(|_| claim.typed.is_none());
            [code, claim.token.as_deref()]
        }
        let (was, is) = (old.map_or([None; 2], names), names(new));
        let first = |file: &File| file.first_claim;
        for (place, set) in [&mut self.by_code, &mut self.by_token]
            .into_iter()
            .enumerate()
        {
            if was[place] == is[place] {
                continue;
            }
            if let (Some(name), Some(old)) = (was[place], old) {
                set.remove(&(Box::from(name), first(old), friend));
            }
            if let Some(name) = is[place] {
                set.insert((Box::from(name), first(new), friend));
            }
        }
    }

    fn count(&mut self, friend: u32, file: &File, is_there: bool) {
        let sign = if is_there { 1 } else { -1 };
        for (conversion, reward) in file.rewards() {
            self.spent += i128::from(sign * reward.kept);
            if reward.counts() {
                self.given.add(reward.member, conversion.month, sign);
            }
            self.count_beside(friend, reward, is_there);
            if file.is_shared_with(reward) {
                put(&mut self.sharers, (reward.member, friend), is_there);
            }
            if reward.frozen_until != Instant::NEVER {
                put(&mut self.frozen, (reward.frozen_until, friend), is_there);
            }
            if conversion.vests_at_close && reward.may_wait() {
                put(&mut self.to_close, (reward.hold_ends_at, friend), is_there);
            }
        }
    }

    /// Vouchers, and milestones that stand.
    fn count_beside(&mut self, friend: u32, reward: &Reward, is_there: bool) {
        if let Some(voucher) = &reward.voucher {
            match is_there {
                true => self.vouchers.insert(voucher.code.clone(), friend),
                false => self.vouchers.remove(&voucher.code),
            };
        }
        if reward.role.is_milestone() && reward.ended.is_none() {
            let sign = if is_there { 1 } else { -1 };
            add(&mut self.milestones, (reward.member, reward.role), sign);
        }
    }
}

/// Adds to a count; one of zero is not kept.
fn add<K: Ord + Clone>(counts: &mut OrdMap<K, i64>, key: K, by: i64) {
    let count = counts.get(&key).copied().unwrap_or(0) + by;
    if count == 0 {
        counts.remove(&key);
    } else {
        counts.insert(key, count);
    }
}

fn put<T: Ord + Clone>(set: &mut OrdSet<T>, value: T, is_there: bool) {
    if is_there {
        set.insert(value);
    } else {
        set.remove(&value);
    }
}

fn named<'c>(
    claims: &'c OrdSet<(Box<str>, u64, u32)>,
    name: &str,
) -> impl Iterator<Item = u32> + use<'c> {
    let from: (Box<str>, u64, u32) = (name.into(), 0, 0);
    let through = (from.0.clone(), u64::MAX, u32::MAX);
    claims.range(from..=through).map(|(_, _, friend)| *friend)
}
