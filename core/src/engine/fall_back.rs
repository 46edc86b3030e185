//! Owns what comes after a disk that was full: the state goes back to what the journal has, so that reads go on.

use super::core::Core;
use super::failure::OpenError;
use super::recover::Source;
use crate::ledger::state::State;

impl Core {
    /// Forgets what was decided and is certain not to be written; until it is done, reads that rest on it are told why
    /// writing has ended, and there are two states in memory.
    pub fn fall_back(&self) {
        if !self.commit.is_full() {
            return;
        }
        match self.recovered() {
            Ok(state) => {
                // Whoever decides now began before the disk was full; nobody begins after it.
                let _decider = self.decider.lock();
                *self.state.write() = state;
            }
            Err(error) => self.snapshots.note_trouble(format!(
                "after the disk was full, what the journal has could not be read ({error}); open the ledger again"
            )),
        }
    }

    fn recovered(&self) -> Result<State, OpenError> {
        let source = Source {
            disk: self.disk.as_ref(),
            directory: &self.path,
            reader: &self.reader,
            secret: self.secret,
            writes: false,
        };
        Ok(source.recover()?.state)
    }
}
