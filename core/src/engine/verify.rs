//! Owns verification: the journal's chain, then a second state replayed from it, compared with the live one.

use super::core::Core;
use super::failure::Failure;
use super::replay::{ReplayError, replay};
use crate::journal;
use crate::ledger::digest::digest;
use crate::ledger::state::State;
use crate::query::{self, Problems, Report};

impl Core {
    pub fn verify(&self) -> Result<Report, Failure> {
        let view = self.view()?;
        let mut problems = Problems::default();
        if let Err(error) = journal::verify(&self.reader) {
            problems.add(|| error.to_string());
        }
        let mut replayed = State::new(self.secret);
        if let Err(error) = replay(&self.reader, &mut replayed, view.sequence) {
            problems.add(|| problem(&error));
        }
        self.check_keys(&replayed, view.sequence, &mut problems);
        let digest = digest(&replayed);
        Ok(query::verify(&view, &replayed.objects, problems, digest))
    }

    /// Every key of the journal is found in the live state.
    fn check_keys(&self, replayed: &State, through: u64, problems: &mut Problems) {
        let live = self.state.read();
        for slot in replayed.keys.sorted() {
            if live.keys.find(slot.print()) != Some(slot.sequence()) {
                problems
                    .add(|| format!("the key of entry {} does not lead to it", slot.sequence()));
            }
        }
        for follow_up in replayed.follow_ups() {
            let known = live.latest_follow_up(follow_up.original);
            if known.is_none_or(|latest| latest < follow_up.latest.min(through)) {
                problems.add(|| {
                    format!(
                        "entry {} does not lead to its follow-up {}",
                        follow_up.original, follow_up.latest
                    )
                });
            }
        }
    }
}

fn problem(error: &ReplayError) -> String {
    error.to_string()
}
