//! Where two states differ, object by object.

use std::collections::BTreeMap;

use super::{Problems, currency_name};
use crate::ledger::accounts::Account;
use crate::ledger::lot::{Lot, TermsId};
use crate::ledger::members::Member;
use crate::ledger::state::Objects;
use crate::ledger::wallet::Wallet;

/// Tells every object in which `live` is not what the journal gives.
pub fn compare(live: &Objects, replayed: &Objects, problems: &mut Problems) {
    compare_tail(live, replayed, problems);
    compare_members(live, replayed, problems);
    compare_accounts(live, replayed, problems);
    compare_schedules(live, replayed, problems);
    if live.terms != replayed.terms {
        problems.add(|| "the list of terms is not what the journal gives".to_string());
    }
    if live.programs != replayed.programs {
        problems.add(|| "the programs are not what the journal gives".to_string());
    }
}

fn compare_tail(live: &Objects, replayed: &Objects, problems: &mut Problems) {
    if (live.sequence, live.recorded_at) != (replayed.sequence, replayed.recorded_at) {
        problems.add(|| {
            format!(
                "the state stands at entry {} ({} ns), the journal at {} ({} ns)",
                live.sequence, live.recorded_at.0, replayed.sequence, replayed.recorded_at.0
            )
        });
    }
}

fn compare_members(live: &Objects, replayed: &Objects, problems: &mut Problems) {
    let (here, there) = (live.member_count(), replayed.member_count());
    if here != there {
        problems.add(|| format!("the state has {here} members, the journal gives {there}"));
    }
    for number in 0..here.min(there) {
        let (ours, theirs) = (live.member(number), replayed.member(number));
        let (id, other) = (live.member_id(number), replayed.member_id(number));
        if id != other {
            problems.add(|| format!("member {number} is {id}, the journal says {other}"));
        }
        if ours.status != theirs.status || ours.aliases() != theirs.aliases() {
            problems
                .add(|| format!("member {id}: status or aliases are not what the journal gives"));
        }
        for (wallet, difference) in differing_wallets(ours, theirs) {
            let name = currency_name(live, wallet);
            problems.add(|| format!("member {id}, wallet {name}: {difference}"));
        }
    }
}

/// Each wallet that differs, with its first difference in words; a wallet that is missing counts as empty.
fn differing_wallets(ours: &Member, theirs: &Member) -> Vec<(u8, String)> {
    let empty = Wallet::default();
    let mut differing = BTreeMap::new();
    for (currency, _) in ours.wallets().chain(theirs.wallets()) {
        let here = ours.wallet(currency).unwrap_or(&empty);
        let there = theirs.wallet(currency).unwrap_or(&empty);
        if here != there {
            differing.insert(currency, difference(here, there));
        }
    }
    differing.into_iter().collect()
}

/// The first difference of two wallets, in words.
fn difference(here: &Wallet, there: &Wallet) -> String {
    if here.last != there.last {
        let (here, there) = (here.last, there.last);
        return format!("its latest entry is {here}, the journal says {there}");
    }
    if here.balance() != there.balance() {
        let (here, there) = (here.balance(), there.balance());
        return format!("it holds {here:?}, the journal gives {there:?}");
    }
    if let Some(lot) = first_difference(here.lots(), there.lots()) {
        return format!("lot {} is not what the journal gives", lot_name(lot));
    }
    if here.holds() != there.holds() {
        let open = here.holds().iter().map(|hold| hold.id);
        return format!(
            "its holds {:?} are not what the journal gives",
            open.collect::<Vec<u64>>()
        );
    }
    "its next due instant is not what the journal gives".to_string()
}

fn first_difference<'a>(here: &'a [Lot], there: &'a [Lot]) -> Option<&'a Lot> {
    let pairs = here.iter().zip(there);
    let unequal = pairs
        .filter(|(ours, theirs)| ours != theirs)
        .map(|(ours, _)| ours);
    let shorter = here.len().min(there.len());
    let beyond = here.get(shorter).or(there.get(shorter));
    unequal.chain(beyond).next()
}

pub(super) fn lot_name(lot: &Lot) -> String {
    format!("{} (of entry {})", lot.id.0, lot.id.sequence())
}

fn compare_accounts(live: &Objects, replayed: &Objects, problems: &mut Problems) {
    let mut lines: Vec<(u8, TermsId)> = live
        .accounts
        .iter()
        .chain(replayed.accounts.iter())
        .map(|(currency, terms, _)| (currency, terms))
        .collect();
    lines.sort_unstable();
    lines.dedup();
    for (currency, terms) in lines {
        let here = live.accounts.sums(currency, terms);
        let there = replayed.accounts.sums(currency, terms);
        for account in Account::ALL {
            let (here, there) = (here[account as usize], there[account as usize]);
            if here != there {
                problems.add(|| {
                    format!(
                        "account {} of {}, terms {}: {here}, the journal gives {there}",
                        account.name(),
                        currency_name(live, currency),
                        terms.0
                    )
                });
            }
        }
    }
}

fn compare_schedules(live: &Objects, replayed: &Objects, problems: &mut Problems) {
    if live.schedule != replayed.schedule {
        super::identities::tell_schedules("the journal gives", live, &replayed.schedule, problems);
    }
}
