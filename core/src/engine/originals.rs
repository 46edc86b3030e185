//! Owns fetching the earlier entries a request rests on: from memory until they are durable, then from the journal.

use std::collections::BTreeMap;

use super::codec;
use super::core::Core;
use super::failure::Failure;
use super::writer::Decider;
use crate::ledger::decide::{Originals, needs_history};
use crate::ledger::entry::{Entry, RecordedAt, WalletId};
use crate::ledger::request::{Reference, Request};
use crate::ledger::state::State;

/// Bytes of the entries a request rests on, and which is which.
#[derive(Debug, Default)]
pub(super) struct Fetched {
    entries: BTreeMap<u64, Loaded>,
    original: Option<u64>,
    latest: Option<u64>,
    /// Newest first.
    history: Vec<u64>,
}

#[derive(Debug)]
struct Loaded {
    expected: RecordedAt,
    bytes: Vec<u8>,
}

impl Fetched {
    /// The entries, decoded.
    fn originals(&self) -> Result<Originals, Failure> {
        let one = |sequence: u64| self.entry(sequence).map(Entry::into_owned);
        Ok(Originals {
            original: self.original.map(one).transpose()?,
            latest: self.latest.map(one).transpose()?,
            history: self
                .history
                .iter()
                .copied()
                .map(one)
                .collect::<Result<_, _>>()?,
            ..Originals::default()
        })
    }

    fn entry(&self, sequence: u64) -> Result<Entry<'_>, Failure> {
        let loaded = self.entries.get(&sequence);
        let loaded =
            loaded.ok_or_else(|| Failure::reading(format!("entry {sequence} was not fetched")))?;
        codec::decode(sequence, loaded.expected, &loaded.bytes).map_err(Failure::reading)
    }
}

impl Core {
    /// Reads ahead of the decider's lock what is durable already, so that the lock is not held for it.
    pub fn prefetch(&self, request: &Request<'_>) -> Fetched {
        let mut fetched = Fetched::default();
        if request.command.reference().is_some() {
            let now = RecordedAt::end_of(self.clock.now());
            // What fails here is read again under the lock, and reported there.
            let _again = self.find(None, request, now, &mut fetched);
        }
        fetched
    }

    /// Completes what a request rests on. The decider's lock keeps it from changing; the state is not locked meanwhile.
    pub fn fetch(
        &self,
        decider: &Decider,
        request: &Request<'_>,
        now: RecordedAt,
        mut fetched: Fetched,
    ) -> Result<Originals, Failure> {
        self.find(Some(decider), request, now, &mut fetched)?;
        fetched.originals()
    }

    /// `None` if without the decider something was out of reach.
    fn find(
        &self,
        decider: Option<&Decider>,
        request: &Request<'_>,
        now: RecordedAt,
        fetched: &mut Fetched,
    ) -> Result<Option<()>, Failure> {
        let (original, latest) = {
            let state = self.state.read();
            let original = resolve(&state, request);
            (
                original,
                original.and_then(|original| state.latest_follow_up(original)),
            )
        };
        (fetched.original, fetched.latest) = (None, None);
        fetched.history.clear();
        let Some(original) = original else {
            return Ok(Some(()));
        };
        if !self.load(decider, original, fetched)? {
            return Ok(None);
        }
        if !names(request, &fetched.entry(original)?) {
            return Ok(Some(()));
        }
        fetched.original = Some(original);
        fetched.latest = latest;
        if let Some(latest) = latest
            && !self.load(decider, latest, fetched)?
        {
            return Ok(None);
        }
        let first = fetched.entry(original)?;
        let needed = needs_history(request, &first, now);
        let wallet = first.effects.first().map(|effect| effect.wallet);
        drop(first);
        match wallet {
            Some(wallet) if needed => self.walk(decider, wallet, original, fetched),
            _ => Ok(Some(())),
        }
    }

    /// The wallet's entries after the original, along their back links.
    fn walk(
        &self,
        decider: Option<&Decider>,
        wallet: WalletId,
        original: u64,
        fetched: &mut Fetched,
    ) -> Result<Option<()>, Failure> {
        let mut sequence = self
            .state
            .read()
            .objects
            .wallet(wallet)
            .map_or(0, |wallet| wallet.last);
        while sequence > original {
            if !self.load(decider, sequence, fetched)? {
                return Ok(None);
            }
            fetched.history.push(sequence);
            let entry = fetched.entry(sequence)?;
            let effect = entry.effects.iter().find(|effect| effect.wallet == wallet);
            let broken = || {
                Failure::reading(format!(
                    "entry {sequence} is linked to a wallet it did not change"
                ))
            };
            sequence = effect.ok_or_else(broken)?.previous;
        }
        Ok(Some(()))
    }

    fn load(
        &self,
        decider: Option<&Decider>,
        sequence: u64,
        fetched: &mut Fetched,
    ) -> Result<bool, Failure> {
        if fetched.entries.contains_key(&sequence) {
            return Ok(true);
        }
        let loaded = match decider.and_then(|decider| decider.recent(sequence)) {
            Some(recent) => Loaded {
                expected: recent.expected,
                bytes: recent.bytes.to_vec(),
            },
            None => match self.reader.entry(sequence).map_err(Failure::reading)? {
                Some(entry) => Loaded {
                    expected: RecordedAt(entry.time_base.saturating_add(i64::from(entry.index))),
                    bytes: entry.bytes,
                },
                None if decider.is_none() => return Ok(false),
                None => {
                    return Err(Failure::reading(format!(
                        "entry {sequence} is not in the journal"
                    )));
                }
            },
        };
        fetched.entries.insert(sequence, loaded);
        Ok(true)
    }
}

/// The sequence that a request's reference stands for.
fn resolve(state: &State, request: &Request<'_>) -> Option<u64> {
    let reference = request.command.reference()?;
    state.find_entry(&request.caller, reference)
}

/// Whether an entry found by the print of a key or receipt has that very one.
fn names(request: &Request<'_>, entry: &Entry<'_>) -> bool {
    match request.command.reference() {
        Some(Reference::Key(key)) => {
            entry.request.caller == request.caller && entry.request.key == *key
        }
        Some(Reference::Receipt(name)) => entry.request.receipt() == Some(&name.receipt),
        _ => true,
    }
}
