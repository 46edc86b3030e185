//! Owns verification: the journal's chain, then a second state replayed from it, compared with the live one.

use super::core::Core;
use super::failure::Failure;
use super::replay::replay;
use crate::journal;
use crate::ledger::digest::{digest, digest_of};
use crate::ledger::keys::{PARTS, Slot};
use crate::ledger::state::{FollowUp, Objects, State};
use crate::query::{self, Problems, Report};

/// Keys looked up while the live state is locked.
const LOOKED_UP_AT_ONCE: usize = 1_024;

/// The state at one entry: a view, and what is needed to tell its indexes from what is added later.
struct Marked<F> {
    view: Objects,
    keys: usize,
    follow_ups: F,
}

impl Core {
    pub fn verify(&self) -> Result<Report, Failure> {
        let marked = self.mark()?;
        let view = &marked.view;
        let mut problems = Problems::default();
        if let Err(error) = journal::verify(&self.reader) {
            problems.add(|| error.to_string());
        }
        let mut replayed = State::new(self.secret);
        if let Err(error) = replay(&self.reader, &mut replayed, view.sequence) {
            problems.add(|| error.to_string());
        }
        self.check_indexes(&replayed, &mut problems);
        if marked.keys != replayed.keys.len() {
            self.check_keys_back(&marked, &replayed, &mut problems);
        }
        let digest = digest(&replayed);
        Ok(query::verify(view, &replayed.objects, problems, digest))
    }

    /// The digest of the state as it stands now; the state is locked for a part of its keys at a time.
    pub fn digest(&self) -> Result<[u8; 32], Failure> {
        let marked = self.mark()?;
        let parts = (0..PARTS).flat_map(|part| self.slots_until(part, marked.view.sequence));
        let follow_ups = (marked.follow_ups)();
        Ok(digest_of(&marked.view, (marked.keys, parts), &follow_ups))
    }

    fn mark(&self) -> Result<Marked<impl FnOnce() -> Vec<FollowUp> + use<>>, Failure> {
        self.enter_read()?;
        let marked = {
            let state = self.state.read();
            Marked {
                view: state.objects.clone(),
                keys: state.keys.len(),
                follow_ups: state.follow_ups_later(),
            }
        };
        self.commit.wait(marked.view.sequence)?;
        Ok(marked)
    }

    /// The live keys of one part that entries up to a sequence have: keys are never removed.
    fn slots_until(&self, part: usize, sequence: u64) -> Vec<Slot> {
        let mut slots = self.state.read().keys.sorted_part(part);
        slots.retain(|slot| slot.sequence() <= sequence);
        slots
    }

    /// Tells the keys of the live state that the journal does not know.
    fn check_keys_back<F>(&self, marked: &Marked<F>, replayed: &State, problems: &mut Problems) {
        let (ours, theirs) = (marked.keys, replayed.keys.len());
        problems.add(|| format!("the state has {ours} keys, the journal gives {theirs}"));
        let live = (0..PARTS).flat_map(|part| self.slots_until(part, marked.view.sequence));
        for slot in live {
            if replayed.keys.find(slot.print()).is_none() {
                let sequence = slot.sequence();
                problems.add(|| {
                    format!("a key leads to entry {sequence}, but the journal has no such key")
                });
            }
        }
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
