//! Owns fetching the earlier entries a request rests on: from memory until they are durable, then from the journal.

use std::sync::Arc;

use super::codec;
use super::core::Core;
use super::failure::Failure;
use super::known::Known;
use super::replay::ReplayError;
use super::writer::Decider;
use crate::journal::Reader;
use crate::ledger::decide::{Originals, Past, gather, rests_on_past};
use crate::ledger::entry::{Entry, RecordedAt};
use crate::ledger::request::{Command, Request};
use crate::ledger::state::State;

/// Entries read ahead of the decider's lock.
#[derive(Debug, Default)]
pub(super) struct Fetched {
    entries: Vec<Arc<Entry<'static>>>,
}

impl Fetched {
    fn of(originals: Originals) -> Fetched {
        let Originals {
            original,
            latest,
            history,
            root,
            root_latest,
            parked,
        } = originals;
        let single = [original, latest, root, root_latest];
        let all = single.into_iter().flatten().chain(history).chain(parked);
        Fetched {
            entries: all.collect(),
        }
    }
}

/// Why an entry could not be had.
enum Unread {
    /// It is not durable yet, and only the decider has it.
    OutOfReach,
    Failed(Failure),
}

/// The past of a ledger that is written to; the decider's lock keeps it from changing, the state is not locked
/// meanwhile, or the caller has it.
struct Live<'c> {
    core: &'c Core,
    decider: Option<&'c Decider>,
    held: Option<&'c State>,
    fetched: Fetched,
}

impl Past for Live<'_> {
    type Error = Unread;

    fn look<T>(&self, at: impl FnOnce(&State) -> T) -> T {
        match self.held {
            Some(state) => at(state),
            None => at(&self.core.state.read()),
        }
    }

    fn entry(&mut self, sequence: u64) -> Result<Arc<Entry<'static>>, Unread> {
        let mut fetched = self.fetched.entries.iter();
        if let Some(entry) = fetched.find(|entry| entry.sequence == sequence) {
            return Ok(Arc::clone(entry));
        }
        if let Some(recent) = self.decider.and_then(|decider| decider.recent(sequence)) {
            let entry = codec::decode(sequence, recent.expected, recent.bytes);
            return entry
                .map(|entry| Arc::new(entry.into_owned()))
                .map_err(|error| Unread::Failed(Failure::reading(error)));
        }
        match stored(&self.core.reader, sequence) {
            Ok(Some(entry)) => Ok(entry),
            Ok(None) if self.decider.is_none() => Err(Unread::OutOfReach),
            Ok(None) => Err(Unread::Failed(missing(sequence))),
            Err(error) => Err(Unread::Failed(Failure::reading(error))),
        }
    }

    fn broken(&self, sequence: u64) -> Unread {
        Unread::Failed(Failure::reading(unlinked(sequence)))
    }
}

/// The past of a state that is replayed.
pub(super) struct Replayed<'r> {
    pub reader: &'r Reader,
    pub state: &'r State,
}

impl Past for Replayed<'_> {
    type Error = ReplayError;

    fn look<T>(&self, at: impl FnOnce(&State) -> T) -> T {
        at(self.state)
    }

    fn entry(&mut self, sequence: u64) -> Result<Arc<Entry<'static>>, ReplayError> {
        let found = stored(self.reader, sequence)?;
        found.ok_or_else(|| ReplayError::Entry {
            sequence,
            reason: "it is not in the journal".to_owned(),
        })
    }

    fn broken(&self, sequence: u64) -> ReplayError {
        ReplayError::Entry {
            sequence,
            reason: unlinked(sequence),
        }
    }
}

impl Core {
    /// Reads ahead of the decider's lock what is durable already, so that the lock is not held for it.
    pub fn prefetch(&self, request: &Request<'_>) -> Fetched {
        let command = &request.command;
        if command.reference().is_none() && !matches!(command, Command::Reinstate(_)) {
            return Fetched::default();
        }
        let now = RecordedAt::end_of(self.clock.now());
        let mut past = Live {
            core: self,
            decider: None,
            held: None,
            fetched: Fetched::default(),
        };
        // What fails here is read again under the lock, and reported there.
        gather(&mut past, request, now).map_or_else(|_again| Fetched::default(), Fetched::of)
    }

    /// What is durable of the entries that many requests name, and of their latest follow-ups, by request.
    pub fn read_ahead(&self, requests: &[&Request<'_>]) -> Vec<Fetched> {
        let named: Vec<[Option<u64>; 2]> = {
            let state = self.state.read();
            let find = |request: &&Request<'_>| {
                let reference = request.command.reference()?;
                let original = state.find_entry(&request.caller, reference)?;
                Some([Some(original), state.latest_follow_up(original)])
            };
            let found = requests.iter().map(find);
            found.map(Option::unwrap_or_default).collect()
        };
        let read = |sequences: [Option<u64>; 2]| {
            // What fails here is read again when its turn has come, and reported there.
            let stored = |sequence| stored(&self.reader, sequence).ok().flatten();
            let entries = sequences.into_iter().flatten().filter_map(stored);
            Fetched {
                entries: entries.collect(),
            }
        };
        named.into_iter().map(read).collect()
    }

    /// What a request rests on.
    pub fn fetch(
        &self,
        decider: &Decider,
        request: &Request<'_>,
        now: RecordedAt,
        fetched: Fetched,
    ) -> Result<Originals, Failure> {
        let mut past = Live {
            core: self,
            decider: Some(decider),
            held: None,
            fetched,
        };
        gather(&mut past, request, now).map_err(Failure::from)
    }

    /// The same on a state that the caller has locked.
    pub fn fetch_held(
        &self,
        decider: &Decider,
        state: &State,
        request: &Request<'_>,
        now: RecordedAt,
        fetched: Fetched,
    ) -> Result<Originals, Failure> {
        if !rests_on_past(state, request) {
            return Ok(Originals::default());
        }
        let mut past = Live {
            core: self,
            decider: Some(decider),
            held: Some(state),
            fetched,
        };
        gather(&mut past, request, now).map_err(Failure::from)
    }

    /// What a request rests on or was answered by, read while the state is not locked, for when it is.
    pub fn fetch_ahead(
        &self,
        decider: &Decider,
        request: &Request<'_>,
        now: RecordedAt,
    ) -> Result<Fetched, Failure> {
        let (known, rests) = {
            let state = self.state.read();
            let key = state.print(&request.caller, &request.key);
            let known = Known::find(&state, request, Some(key));
            (known, rests_on_past(&state, request))
        };
        let originals = match known {
            Some(known) => Originals {
                original: Some(self.known(decider, known, Fetched::default())?),
                ..Originals::default()
            },
            None if rests => self.fetch(decider, request, now, Fetched::default())?,
            None => Originals::default(),
        };
        Ok(Fetched::of(originals))
    }

    /// The entry that answered a request before, durable or not.
    pub fn known(
        &self,
        decider: &Decider,
        known: Known,
        fetched: Fetched,
    ) -> Result<Arc<Entry<'static>>, Failure> {
        let mut past = Live {
            core: self,
            decider: Some(decider),
            held: None,
            fetched,
        };
        past.entry(known.sequence()).map_err(Failure::from)
    }
}

impl From<Unread> for Failure {
    fn from(unread: Unread) -> Failure {
        match unread {
            Unread::Failed(failure) => failure,
            Unread::OutOfReach => Failure::reading("an entry that was decided is out of reach"),
        }
    }
}

fn stored(reader: &Reader, sequence: u64) -> Result<Option<Arc<Entry<'static>>>, ReplayError> {
    let Some(found) = reader.entry(sequence)? else {
        return Ok(None);
    };
    let expected = RecordedAt(found.time_base.saturating_add(i64::from(found.index)));
    let entry = codec::decode(sequence, expected, &found.bytes);
    entry
        .map(|entry| Some(Arc::new(entry.into_owned())))
        .map_err(|error| ReplayError::Entry {
            sequence,
            reason: error.to_string(),
        })
}

fn missing(sequence: u64) -> Failure {
    Failure::reading(format!("entry {sequence} is not in the journal"))
}

fn unlinked(sequence: u64) -> String {
    format!("entry {sequence} is linked to a wallet it did not change")
}
