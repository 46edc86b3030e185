//! Owns verification: the journal's chain, then a second state replayed from it, compared with the live one.

use super::core::Core;
use super::failure::Failure;
use super::replay::replay;
use crate::journal;
use crate::ledger::digest::{Index, digest, digest_of};
use crate::ledger::keys::{Keys, PARTS, Slot};
use crate::ledger::state::{FollowUp, Objects, State};
use crate::query::{self, Problems, Report};

/// Keys looked up while the live state is locked.
const LOOKED_UP_AT_ONCE: usize = 1_024;

/// An index of the state that only grows, and what its slots are called.
#[derive(Clone, Copy)]
struct Growing {
    name: &'static str,
    of: fn(&State) -> &Keys,
}

const GROWING: [Growing; 2] = [
    Growing {
        name: "key",
        of: |state| &state.keys,
    },
    Growing {
        name: "receipt",
        of: |state| &state.receipts,
    },
];

/// The state at one entry: a view, and what is needed to tell its indexes from what is added later.
struct Marked<F> {
    view: Objects,
    /// How many slots each growing index has.
    counts: [usize; GROWING.len()],
    /// Few wait, and what waits changes: a copy.
    parked: Keys,
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
        for (index, count) in GROWING.into_iter().zip(marked.counts) {
            if count != (index.of)(&replayed).len() {
                self.check_back((index, count), &marked, &replayed, &mut problems);
            }
        }
        if !marked.parked.sorted().eq(replayed.parked.sorted()) {
            problems.add(|| "what waits in the state is not what the journal gives".to_owned());
        }
        let digest = digest(&replayed);
        Ok(query::verify(view, &replayed.objects, problems, digest))
    }

    /// The digest of the state as it stands now; the state is locked for a part of its keys at a time.
    pub fn digest(&self) -> Result<[u8; 32], Failure> {
        let marked = self.mark()?;
        let sequence = marked.view.sequence;
        let live = |number: usize| Index {
            count: marked.counts[number],
            slots: Box::new(self.slots_until(GROWING[number], sequence)),
        };
        let indexes = [live(0), live(1), Index::from(&marked.parked)];
        let follow_ups = (marked.follow_ups)();
        Ok(digest_of(&marked.view, indexes, &follow_ups))
    }

    fn mark(&self) -> Result<Marked<impl FnOnce() -> Vec<FollowUp> + use<>>, Failure> {
        self.enter_read()?;
        let marked = {
            let state = self.state.read();
            Marked {
                view: state.objects.clone(),
                counts: GROWING.map(|index| (index.of)(&state).len()),
                parked: state.parked.clone(),
                follow_ups: state.follow_ups_later(),
            }
        };
        self.commit.wait(marked.view.sequence)?;
        Ok(marked)
    }

    /// The live slots of an index that entries up to a sequence have made: none is ever removed.
    fn slots_until(&self, index: Growing, sequence: u64) -> impl Iterator<Item = Slot> + '_ {
        (0..PARTS).flat_map(move |part| {
            let mut slots = (index.of)(&self.state.read()).sorted_part(part);
            slots.retain(|slot| slot.sequence() <= sequence);
            slots
        })
    }

    /// Tells the slots of the live state that the journal does not know.
    fn check_back<F>(
        &self,
        (index, ours): (Growing, usize),
        marked: &Marked<F>,
        replayed: &State,
        problems: &mut Problems,
    ) {
        let (name, known) = (index.name, (index.of)(replayed));
        let theirs = known.len();
        problems.add(|| format!("the state has {ours} {name}s, the journal gives {theirs}"));
        for slot in self.slots_until(index, marked.view.sequence) {
            if known.find(slot.print()).is_none() {
                let sequence = slot.sequence();
                problems.add(|| {
                    format!(
                        "a {name} leads to entry {sequence}, but the journal has no such {name}"
                    )
                });
            }
        }
    }

    /// Every key, receipt and follow-up of the journal is found in the live state, which is locked for a few of them at
    /// a time.
    fn check_indexes(&self, replayed: &State, problems: &mut Problems) {
        for index in GROWING {
            let mut slots = (index.of)(replayed).sorted().peekable();
            while slots.peek().is_some() {
                let live = self.state.read();
                for slot in slots.by_ref().take(LOOKED_UP_AT_ONCE) {
                    if (index.of)(&live).find(slot.print()) != Some(slot.sequence()) {
                        let (name, sequence) = (index.name, slot.sequence());
                        problems
                            .add(|| format!("the {name} of entry {sequence} does not lead to it"));
                    }
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
