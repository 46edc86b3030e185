//! Owns what queries need of the journal: entries by sequence, and scans.

use super::codec;
use super::core::Core;
use super::failure::Failure;
use super::replay::{ReplayError, scan};
use crate::journal::{JournalError, Reader};
use crate::ledger::entry::{Entry, RecordedAt};
use crate::ledger::rejection::{Code, Rejection};
use crate::query::{History, HistoryError};

/// The durable entries of a journal.
pub(super) struct Past<'r>(pub &'r Reader);

impl History for Past<'_> {
    fn entry(&self, sequence: u64) -> Result<Entry<'static>, HistoryError> {
        with_entry(self.0, sequence, |entry| entry.clone().into_owned())
    }

    fn scan(
        &self,
        from: u64,
        each: &mut dyn FnMut(Entry<'_>) -> Result<(), HistoryError>,
    ) -> Result<(), HistoryError> {
        let mut stopped = Ok(());
        let scanned = scan(self.0, from, self.0.tail_hint(), |entry| {
            stopped = each(entry.clone());
            match stopped {
                Ok(()) => Ok(()),
                Err(_) => Err(ReplayError::Entry {
                    sequence: entry.sequence,
                    reason: String::new(),
                }),
            }
        });
        stopped?;
        scanned.map_err(|error| match error {
            ReplayError::Journal(error) => unreadable(&error),
            ReplayError::Entry { sequence, reason } => HistoryError::Damaged { sequence, reason },
            ReplayError::Audit(error) => HistoryError::Damaged {
                sequence: error.sequence,
                reason: error.reason,
            },
        })
    }
}

impl Core {
    /// Shows a durable entry.
    pub fn with_entry<T>(
        &self,
        sequence: u64,
        show: impl FnOnce(&Entry<'_>) -> T,
    ) -> Result<T, Failure> {
        with_entry(&self.reader, sequence, show).map_err(|error| of_history(&error))
    }
}

fn with_entry<T>(
    reader: &Reader,
    sequence: u64,
    show: impl FnOnce(&Entry<'_>) -> T,
) -> Result<T, HistoryError> {
    let found = reader.entry(sequence).map_err(|error| unreadable(&error))?;
    let found = found.ok_or(HistoryError::Missing(sequence))?;
    let expected = RecordedAt(found.time_base.saturating_add(i64::from(found.index)));
    match codec::decode(sequence, expected, &found.bytes) {
        Ok(entry) => Ok(show(&entry)),
        Err(error) => Err(HistoryError::Damaged {
            sequence,
            reason: error.to_string(),
        }),
    }
}

fn unreadable(error: &JournalError) -> HistoryError {
    HistoryError::Unreadable {
        code: Code::ChainBroken,
        reason: error.to_string(),
    }
}

/// What a read that failed means for the caller.
pub(super) fn of_history(error: &HistoryError) -> Failure {
    match error {
        HistoryError::Missing(_) => {
            Rejection::new(Code::TransactionNotFound, error.to_string()).into()
        }
        _ => Failure::system(error.code(), error.to_string()),
    }
}
