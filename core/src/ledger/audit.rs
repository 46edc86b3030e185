//! Checks an entry against the state it is about to change; the last gate before the journal and before every apply.

use super::entry::Entry;
use super::state::State;

/// An entry contradicts the state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("entry {sequence} contradicts the state: {reason}")]
pub struct AuditError {
    pub sequence: u64,
    pub reason: String,
}

/// Whether an entry follows from the state as it stands.
pub fn audit(_state: &State, _entry: &Entry<'_>) -> Result<(), AuditError> {
    Ok(())
}
