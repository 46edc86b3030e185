//! Owns snapshots: written from views, by themselves every so many entries, or on demand.

use std::sync::atomic::{AtomicU64, Ordering};

use super::core::Core;
use super::failure::Failure;
use crate::ledger::rejection::Code;

/// Which snapshot is the newest, and when the next one is due.
#[derive(Debug)]
#[expect(dead_code, reason = "until snapshots are written")]
pub(super) struct Snapshots {
    newest: AtomicU64,
    every: u64,
}

impl Snapshots {
    pub fn new(newest: u64, every: u64) -> Snapshots {
        Snapshots {
            newest: AtomicU64::new(newest),
            every,
        }
    }

    pub fn newest(&self) -> u64 {
        self.newest.load(Ordering::Relaxed)
    }

    pub fn stop(&self) {}
}

impl Core {
    /// The work of the keeper's thread.
    pub fn keep(&self) {}

    pub fn snapshot(&self) -> Result<(), Failure> {
        Err(Failure::system(
            Code::ReadOnly,
            "this version writes no snapshots yet; opening replays the whole journal",
        ))
    }
}
