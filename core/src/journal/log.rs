//! Owns the interface of a log, so that a replicated one can stand where local files stand.

use std::fmt::Debug;

use super::batch::Batch;
use super::error::{AppendError, JournalError};
use super::reader::{Entries, Entry, Reader};

/// An append-only log of entries with dense sequences from 1. It has one writer: whoever holds it.
pub trait Log: Send + Debug {
    /// Appends a batch as one group: when this returns `Ok`, all of it is durable. `expected` is the tail the caller
    /// built upon: the sequence of the last entry, 0 for none; the batch starts right after it. An empty batch
    /// writes nothing.
    fn append(&mut self, expected: u64, batch: &mut Batch) -> Result<(), AppendError>;

    /// A handle that reads what is durable, from any thread.
    fn reader(&self) -> Reader;

    /// Marks a clean close, so that the next opening need not copy anything. Dropping a log without this is safe.
    fn close(&mut self) -> Result<(), AppendError>;

    /// The durable entries from `sequence` on, as of now, with the chain checked.
    fn read(&self, sequence: u64) -> Result<Entries, JournalError> {
        self.reader().read(sequence)
    }

    /// The entry with this sequence; `None` beyond the durable tail.
    fn entry(&self, sequence: u64) -> Result<Option<Entry>, JournalError> {
        self.reader().entry(sequence)
    }

    /// Sequence of the last durable entry; 0 if there is none.
    fn tail_hint(&self) -> u64 {
        self.reader().tail_hint()
    }
}
