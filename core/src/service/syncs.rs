//! Asks for syncs of what was decided: once for all calls that came in together, as each sync costs the same.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;

use crate::engine::Ledger;

/// What is to become durable.
#[derive(Clone, Debug, Default)]
pub struct Syncs(Arc<Inside>);

#[derive(Debug, Default)]
struct Inside {
    /// Up to which sequence.
    wanted: AtomicU64,
    bell: Notify,
}

impl Syncs {
    /// Notes what a call waits for.
    pub fn want(&self, sequence: u64) {
        self.0.wanted.fetch_max(sequence, Ordering::AcqRel);
        self.0.bell.notify_one();
    }

    /// Asks for it once the calls that are at hand were decided, for as long as the server lives.
    pub async fn ask(self, ledger: Ledger) {
        loop {
            self.0.bell.notified().await;
            // The thread turns back to this after everything else that it has to do.
            tokio::task::yield_now().await;
            ledger.ask_for_sync(self.0.wanted.load(Ordering::Acquire));
        }
    }
}
