//! Owns verification: the journal's chain, then a second state replayed from it, compared with the live one.

use super::core::Core;
use super::failure::Failure;
use super::replay::replay;
use crate::journal;
use crate::ledger::digest::digest;
use crate::ledger::state::{FollowUp, State};
use crate::query::{self, Problems, Report};

/// Keys looked up while the live state is locked.
const LOOKED_UP_AT_ONCE: usize = 1_024;

impl Core {
    pub fn verify(&self) -> Result<Report, Failure> {
        let view = self.view()?;
        let mut problems = Problems::default();
        if let Err(error) = journal::verify(&self.reader) {
            problems.add(|| error.to_string());
        }
        let mut replayed = State::new(self.secret);
        if let Err(error) = replay(&self.reader, &mut replayed, view.sequence) {
            problems.add(|| error.to_string());
        }
        self.check_indexes(&replayed, &mut problems);
        let digest = digest(&replayed);
        Ok(query::verify(&view, &replayed.objects, problems, digest))
    }

    /// Every key and follow-up of the journal is found in the live state, which is locked for a few of them at a time.
    fn check_indexes(&self, replayed: &State, problems: &mut Problems) {
        let mut slots = replayed.keys.sorted().peekable();
        while slots.peek().is_some() {
            let live = self.state.read();
            for slot in slots.by_ref().take(LOOKED_UP_AT_ONCE) {
                if live.keys.find(slot.print()) != Some(slot.sequence()) {
                    let sequence = slot.sequence();
                    problems.add(|| format!("the key of entry {sequence} does not lead to it"));
                }
            }
        }
        for follow_ups in replayed.follow_ups().chunks(LOOKED_UP_AT_ONCE) {
            let live = self.state.read();
            for FollowUp { original, latest } in follow_ups {
                let known = live.latest_follow_up(*original);
                if known.is_none_or(|known| known < *latest) {
                    problems.add(|| {
                        format!("entry {original} does not lead to its follow-up {latest}")
                    });
                }
            }
        }
    }
}
