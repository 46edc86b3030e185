//! Checks an entry against the state it is about to change; the last gate before the journal and before every apply.

mod effects;
mod facts;
mod figures;
mod reversal;

use super::decide::Originals;
use super::entry::Entry;
use super::rejection::{Class, Code};
use super::request::Reference;
use super::state::State;

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
        .and_then(|()| check_original(state, entry))
        .and_then(|()| facts::check(state, entry))
        .and_then(|()| effects::check(state, entry))
        .and_then(|()| figures::check(state, entry))
        .and_then(|()| reversal::check(entry, originals))
        .map_err(|reason| AuditError {
            sequence: entry.sequence,
            reason,
        })
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
    match entry.code.class() {
        Class::Applied => Ok(()),
        Class::Refused => demand(
            entry.effects.is_empty() && entry.facts.is_empty(),
            "a refusal changes nothing",
        ),
        _ => Err(format!("{} is never recorded", entry.code.name())),
    }
}

fn check_original(state: &State, entry: &Entry<'_>) -> Finding {
    let named = match entry.request.command.reference() {
        None => 0,
        Some(_) if entry.code == Code::TooOld => 0,
        Some(Reference::Sequence(sequence)) => *sequence,
        Some(Reference::Key(key)) => {
            find_key(state, entry, key).ok_or("its original's key is unknown")?
        }
    };
    demand(
        entry.original == named,
        "it links to another entry than its request names",
    )?;
    demand(entry.original < entry.sequence, "it links to a later entry")
}

fn find_key(state: &State, entry: &Entry<'_>, key: &str) -> Option<u64> {
    state.keys.find(state.print(&entry.request.caller, key))
}
