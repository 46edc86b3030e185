//! What must hold within one state: sums recomputed from lots, accounts that balance, the schedule as sum of forecasts.

use std::collections::{BTreeMap, BTreeSet};

use super::differences::lot_name;
use super::{Problems, currency_name};
use crate::ledger::accounts::Account;
use crate::ledger::lot::{Lot, TermsId};
use crate::ledger::schedule::{Due, Forecast, Schedule};
use crate::ledger::state::Objects;
use crate::ledger::time::Instant;
use crate::ledger::wallet::Wallet;

/// What the wallets hold of each currency and terms; debt counts against terms 0.
type Held = BTreeMap<(u8, TermsId), i128>;

/// Tells every identity that does not hold.
pub fn check(objects: &Objects, problems: &mut Problems) {
    let mut held = Held::new();
    let mut schedule = Schedule::default();
    for number in 0..objects.member_count() {
        for (currency, wallet) in objects.member(number).wallets() {
            let name = || {
                let currency = currency_name(objects, currency);
                format!("member {}, wallet {currency}", objects.member_id(number))
            };
            check_wallet(wallet, objects, &name, problems);
            add_held(&mut held, currency, wallet);
            schedule.add(currency, wallet, 1);
        }
    }
    check_due(objects, problems);
    check_accounts(objects, held, problems);
    if schedule != objects.schedule {
        tell_schedules("the wallets give", objects, &schedule, problems);
    }
}

fn check_wallet(
    wallet: &Wallet,
    objects: &Objects,
    name: &dyn Fn() -> String,
    problems: &mut Problems,
) {
    let (stored, recomputed) = (wallet.balance(), wallet.recomputed());
    if stored != recomputed {
        problems.add(|| {
            format!(
                "{}: its lots give {recomputed:?}, stored is {stored:?}",
                name()
            )
        });
    }
    let parts = [stored.pending, stored.available, stored.held, stored.debt];
    if parts.iter().any(|part| *part < 0) || (stored.debt > 0 && stored.available > 0) {
        problems.add(|| format!("{}: {stored:?} is no balance", name()));
    }
    if wallet.last > objects.sequence {
        problems.add(|| format!("{}: its latest entry {} is none", name(), wallet.last));
    }
    let held = wallet.holds().iter().flat_map(|hold| &hold.parts);
    for lot in wallet.lots().iter().chain(held) {
        if lot.amount <= 0 || lot.terms.0 as usize >= objects.terms.len() {
            problems.add(|| format!("{}: lot {} is damaged", name(), lot_name(lot)));
        }
    }
    let out_of_line = |pair: &&[Lot]| pair[0].place() >= pair[1].place();
    if let Some(pair) = wallet.lots().windows(2).find(out_of_line) {
        problems.add(|| format!("{}: lot {} is out of line", name(), lot_name(&pair[1])));
    }
}

fn add_held(held: &mut Held, currency: u8, wallet: &Wallet) {
    let parts = wallet.holds().iter().flat_map(|hold| &hold.parts);
    for lot in wallet.lots().iter().chain(parts) {
        *held.entry((currency, lot.terms)).or_default() += i128::from(lot.amount);
    }
    if wallet.debt() != 0 {
        *held.entry((currency, TermsId::NONE)).or_default() -= i128::from(wallet.debt());
    }
}

/// A chunk's earliest due instant may be too early, never too late.
fn check_due(objects: &Objects, problems: &mut Problems) {
    for (number, chunk) in objects.chunks.iter().enumerate() {
        let members = chunk.members().iter().map(|member| member.next_due());
        let earliest = members.min().unwrap_or(Instant::NEVER);
        if chunk.due > earliest {
            problems.add(|| format!("chunk {number} of the members would be swept too late"));
        }
    }
}

fn check_accounts(objects: &Objects, mut held: Held, problems: &mut Problems) {
    let mut currencies: BTreeMap<u8, i128> = BTreeMap::new();
    for (currency, terms, sums) in objects.accounts.iter() {
        *currencies.entry(currency).or_default() += sums.iter().sum::<i128>();
        held.entry((currency, terms)).or_default();
    }
    for (currency, sum) in currencies.into_iter().filter(|(_, sum)| *sum != 0) {
        problems.add(|| {
            let name = currency_name(objects, currency);
            format!("the accounts of {name} add up to {sum}, not to zero")
        });
    }
    for ((currency, terms), points) in held {
        let outstanding = objects.accounts.sums(currency, terms)[Account::Outstanding as usize];
        if outstanding != points {
            problems.add(|| {
                let name = currency_name(objects, currency);
                format!(
                    "account outstanding of {name}, terms {}: {outstanding}, the wallets hold {points}",
                    terms.0
                )
            });
        }
    }
}

/// Tells each due step in which the state's schedule is not what `who` says.
pub(super) fn tell_schedules(
    who: &str,
    objects: &Objects,
    there: &Schedule,
    problems: &mut Problems,
) {
    let steps = |schedule: &Schedule| -> BTreeMap<Due, Forecast> {
        schedule
            .iter()
            .map(|(due, forecast)| (*due, *forecast))
            .collect()
    };
    let (here, there) = (steps(&objects.schedule), steps(there));
    let dues: BTreeSet<&Due> = here.keys().chain(there.keys()).collect();
    for due in dues {
        let ours = here.get(due).copied().unwrap_or_default();
        let theirs = there.get(due).copied().unwrap_or_default();
        if ours != theirs {
            let (currency, terms, at) = due;
            problems.add(|| {
                let name = currency_name(objects, *currency);
                format!(
                    "schedule of {name}, terms {}, at {at}: {ours:?}, {who} {theirs:?}",
                    terms.0
                )
            });
        }
    }
}
