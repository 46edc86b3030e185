//! Checks an entry against the state it is about to change; the last gate before the journal and before every apply.

mod batch;
mod by_hand;
mod calendar;
mod edges;
mod effects;
mod facts;
mod figures;
mod joining;
mod members;
mod offline;
mod parked;
mod partners;
mod purchase;
mod referrals;
mod reversal;
mod rewards;
mod transfer;
mod undone_reversal;

use super::decide::{Originals, is_whole};
use super::entry::{Effect, Entry, Fact, Figures, Flow};
use super::rejection::{Class, Code};
use super::request::{Command, Reference};
use super::state::State;
use super::time::Instant;

/// An entry contradicts the state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("entry {sequence} contradicts the state: {reason}")]
pub struct AuditError {
    pub sequence: u64,
    pub reason: String,
}

type Finding = Result<(), String>;

/// Whether an entry follows from the state as it stands. Of the originals a reversal needs the entry it reverses and
/// that entry's latest follow-up: points come back to lots that the state has forgotten.
pub fn audit(state: &State, entry: &Entry<'_>, originals: &Originals) -> Result<(), AuditError> {
    check_place(state, entry)
        .and_then(|()| check_original(state, entry, originals))
        .and_then(|()| facts::check(state, entry))
        .and_then(|()| effects::check(state, entry))
        .and_then(|()| figures::check(state, entry))
        .and_then(|()| referrals::check(state, entry))
        .and_then(|()| match referrals::without_rewards(entry) {
            Some(rest) => check_verb(state, &rest, originals),
            None => check_verb(state, entry, originals),
        })
        .map_err(|reason| AuditError {
            sequence: entry.sequence,
            reason,
        })
}

/// What the verb itself did; what it means to referrals is looked at before.
fn check_verb(state: &State, entry: &Entry<'_>, originals: &Originals) -> Finding {
    members::check(state, entry)
        .and_then(|()| partners::check(state, entry))
        .and_then(|()| match only_earns(entry) {
            true => Ok(()),
            false => check_rarer(state, entry, originals),
        })
}

/// What has nothing to look at where an entry only earns.
fn check_rarer(state: &State, entry: &Entry<'_>, originals: &Originals) -> Finding {
    joining::check(state, entry)
        .and_then(|()| batch::check(entry))
        .and_then(|()| purchase::check(state, entry))
        .and_then(|()| transfer::check(state, entry))
        .and_then(|()| reversal::check(state, entry, originals))
        .and_then(|()| offline::check(entry, originals))
        .and_then(|()| calendar::check(state, entry))
        .and_then(|()| by_hand::check(state, entry, originals))
}

/// Whether an entry gives one lot to one wallet and says nothing else, as most do.
fn only_earns(entry: &Entry<'_>) -> bool {
    let is_plain = match &entry.request.command {
        Command::Purchase(purchase) => purchase.basket.is_none(),
        Command::Accrue(accrue) => accrue.joining.is_none(),
        _ => false,
    };
    let earns = |effect: &Effect| {
        effect.opened.is_none()
            && effect.inactive_at == Instant::NEVER
            && effect.movements.len() == 1
            && effect.movements[0].flow == Flow::Accrued
    };
    let figures = Figures {
        requested: entry.figures.requested,
        awarded: entry.figures.awarded,
        ..Figures::default()
    };
    is_plain
        && entry.code == Code::Applied
        && entry.facts.is_empty()
        && entry.effects.len() == 1
        && entry.effects.iter().all(earns)
        && entry.figures == figures
}

fn demand(holds: bool, otherwise: &str) -> Finding {
    if holds {
        Ok(())
    } else {
        Err(otherwise.to_owned())
    }
}

fn check_place(state: &State, entry: &Entry<'_>) -> Finding {
    let objects = &state.objects;
    demand(
        entry.sequence == objects.sequence + 1,
        "its sequence is not the next",
    )?;
    demand(
        entry.recorded_at > objects.recorded_at,
        "it is recorded before its predecessor",
    )?;
    demand(
        entry.program == objects.program_version(),
        "it was decided under another program",
    )?;
    demand(
        entry.request.key.is_empty() || find_key(state, entry, &entry.request.key).is_none(),
        "its key was used",
    )?;
    let receipt = entry.receipt_slot(state.hashing());
    demand(
        receipt.is_none_or(|slot| state.receipts.find(slot.print()).is_none()),
        "its receipt was used",
    )?;
    match entry.code.class() {
        Class::Applied => Ok(()),
        Class::Refused => demand(
            (entry.effects.is_empty() && changes_nothing(entry))
                || referrals::changes_referrals_alone(entry),
            "a refusal changes nothing",
        ),
        _ => Err(format!("{} is never recorded", entry.code.name())),
    }
}

fn check_original(state: &State, entry: &Entry<'_>, originals: &Originals) -> Finding {
    let caller = &entry.request.caller;
    let named = match entry.request.command.reference() {
        _ if entry.code == Code::AlreadyReversed && waited_for(entry, originals) => entry.original,
        None => {
            // A batch has the code of the row that it was refused for.
            let is_batch = matches!(entry.request.command, Command::Batch(_));
            let is_undone = entry.code == Code::AlreadyReversed && !is_batch;
            demand(!is_undone, "nothing that undoes it had waited for it")?;
            0
        }
        Some(_) if entry.code == Code::TooOld => 0,
        // A no to the member comes before anybody looks for the original.
        Some(reference) if members::refuses(entry.code) => {
            state.find_entry(caller, reference).unwrap_or(0)
        }
        Some(reference) if entry.code == Code::Parked => {
            let unknown = state.find_entry(caller, reference).is_none();
            demand(unknown, "it waits for what has arrived")?;
            0
        }
        Some(reference) if is_won(entry) => charged_back(state, entry, reference, originals)?,
        Some(Reference::Sequence(sequence)) => *sequence,
        Some(reference) => {
            let found = state.find_entry(caller, reference);
            found.ok_or("its original's key or receipt is unknown")?
        }
    };
    demand(
        entry.original == named,
        "it links to another entry than its request names",
    )?;
    demand(entry.original < entry.sequence, "it links to a later entry")
}

/// Whether an entry undoes the chargeback of the sale that its request names.
fn is_won(entry: &Entry<'_>) -> bool {
    entry.request.command.is_won_dispute() && entry.code == Code::Applied
}

/// That chargeback.
fn charged_back(
    state: &State,
    entry: &Entry<'_>,
    reference: &Reference<'_>,
    originals: &Originals,
) -> Result<u64, String> {
    let sale = state.find_entry(&entry.request.caller, reference);
    let lost = originals.original.as_deref();
    let lost = lost.filter(|lost| matches!(lost.request.command, Command::Reverse(_)));
    match lost.filter(|lost| Some(lost.original) == sale) {
        Some(lost) => Ok(lost.sequence),
        None => Err("it undoes a chargeback of another sale".to_owned()),
    }
}

/// A refusal states no fact, but the row that an all-or-nothing batch was refused for.
fn changes_nothing(entry: &Entry<'_>) -> bool {
    let is_batch = matches!(entry.request.command, Command::Batch(_));
    let mut facts = entry.facts.iter();
    facts.all(|fact| is_batch && matches!(fact, Fact::RowRefused { .. }))
}

/// Whether the entry it links to is one that had undone it, as a whole, before it came.
fn waited_for(entry: &Entry<'_>, originals: &Originals) -> bool {
    let mut parked = originals.parked();
    parked.any(|undo| undo.sequence == entry.original && is_whole(undo))
}

fn find_key(state: &State, entry: &Entry<'_>, key: &str) -> Option<u64> {
    state.keys.find(state.print(&entry.request.caller, key))
}

/// How many members there are once the entry is applied.
fn members(state: &State, entry: &Entry<'_>) -> u32 {
    let enrols = |fact: &&Fact<'_>| matches!(fact, Fact::MemberEnrolled { .. });
    state.objects.member_count() + entry.facts.iter().filter(enrols).count() as u32
}
