//! Owns deciding: request → entry → audit → bytes → state, one at a time, under the decider's lock.
//!
//! ```text
//!  caller ── decider's lock ──┬─ key known? ──▶ answered from its entry, outside the lock
//!                             ├─ originals read from memory or journal, state not locked
//!                             └─ state locked: decide ─ audit ─ encode ─ apply ─▶ open group ─▶ syncer
//! ```
//!
//! Whoever calls decides on its own thread: a lone call is decided, written and synced without any hand-over.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use parking_lot::MutexGuard;

use super::clock::Stamper;
use super::codec;
use super::core::Core;
use super::failure::Failure;
use super::group::{Encoded, Group};
use super::known::Known;
use super::originals::Fetched;
use crate::ledger::answer::{Answer, answer};
use crate::ledger::apply::apply;
use crate::ledger::audit::audit;
use crate::ledger::decide::{
    Moment, Originals, RowRefusal, check_shape, decide, refused_batch, rests_on_past,
};
use crate::ledger::entry::{Entry, RecordedAt};
use crate::ledger::rejection::Code;
use crate::ledger::request::Request;
use crate::ledger::state::State;

/// The largest entry that is written.
const ENTRY_BYTES: usize = 32 << 20;
/// A single call that finds this much waiting lets it be written first.
const OPEN_BYTES: usize = 8 << 20;

/// Whoever holds it is the only writer.
#[derive(Debug)]
pub(super) struct Decider {
    stamper: Stamper,
    open: Group,
    in_flight: Option<Arc<Group>>,
    /// Groups that were durable, kept for their memory.
    spare: Vec<Arc<Group>>,
    /// Sequence and instant of the last entry decided.
    last: u64,
    recorded_at: RecordedAt,
    stopped: Option<Failure>,
    /// Whether an entry is being applied: a panic then leaves the state half changed.
    applying: bool,
}

impl Decider {
    pub fn new(stamper: Stamper, last: u64, recorded_at: RecordedAt) -> Decider {
        Decider {
            stamper,
            open: Group::default(),
            in_flight: None,
            spare: Vec::new(),
            last,
            recorded_at,
            stopped: None,
            applying: false,
        }
    }

    pub fn last(&self) -> u64 {
        self.last
    }

    pub fn open_bytes(&self) -> usize {
        self.open.bytes()
    }

    /// The last entry that is on its way to the disk or there.
    pub fn handed_over(&self) -> u64 {
        if self.open.is_empty() {
            self.last
        } else {
            self.open.first() - 1
        }
    }

    /// Ends writing; what was decided is still written.
    pub fn stop(&mut self, why: Failure) {
        self.stopped.get_or_insert(why);
    }

    /// Whether writing goes on, as the disk and the auditor see it.
    pub fn check_open(&self, core: &Core) -> Result<(), Failure> {
        if let Some(stopped) = &self.stopped {
            return Err(stopped.clone());
        }
        match core.commit.failure() {
            Some(failure) => Err(failure),
            None => Ok(()),
        }
    }

    /// The instant of the next entry.
    pub fn stamp(&mut self) -> Result<RecordedAt, Failure> {
        self.stamper.stamp(self.recorded_at)
    }

    /// Whether the clock would give the next entry its instant.
    pub fn check_clock(&self) -> Result<(), Failure> {
        self.stamper.check(self.recorded_at)
    }

    /// An entry that is decided but perhaps not durable yet.
    pub fn recent(&self, sequence: u64) -> Option<Encoded<'_>> {
        let in_flight = self
            .in_flight
            .as_ref()
            .and_then(|group| group.entry(sequence));
        in_flight.or_else(|| self.open.entry(sequence))
    }

    /// Hands the open group over. Only for whoever has the syncer's role: the group before is durable then.
    pub fn take_open(&mut self) -> Option<Arc<Group>> {
        if self.open.is_empty() {
            return None;
        }
        if let Some(durable) = self.in_flight.take() {
            self.spare.push(durable);
        }
        let mut next = self.spare.pop().map_or_else(Group::default, |group| {
            Arc::into_inner(group).unwrap_or_default()
        });
        next.clear();
        let group = Arc::new(std::mem::replace(&mut self.open, next));
        self.in_flight = Some(Arc::clone(&group));
        Some(group)
    }

    /// Decides one request: what `tell` makes of its entry, encoded and applied, or the reason why there is none.
    pub fn decide<T>(
        &mut self,
        state: &mut State,
        request: Request<'_>,
        now: RecordedAt,
        originals: &Originals,
        tell: impl FnOnce(&Entry<'_>) -> T,
    ) -> Result<T, Failure> {
        let is_training = request.source().is_some_and(|source| source.training);
        let moment = self.next(now);
        let mut entry = decide(state, request, moment, originals)?;
        if is_training {
            entry.sequence = 0;
        } else {
            self.record(state, &entry, originals)?;
        }
        Ok(tell(&entry))
    }

    /// Writes down that a batch was refused as a whole.
    pub fn refuse_batch<T>(
        &mut self,
        state: &mut State,
        request: Request<'_>,
        now: RecordedAt,
        refusal: &RowRefusal,
        tell: impl FnOnce(&Entry<'_>) -> T,
    ) -> Result<T, Failure> {
        let entry = refused_batch(state, request, self.next(now), refusal);
        self.record(state, &entry, &Originals::default())?;
        Ok(tell(&entry))
    }

    /// What is decided from here on can be taken back, as nothing waits for the disk.
    pub fn mark(&self) -> (u64, RecordedAt) {
        debug_assert!(self.open.is_empty());
        (self.last, self.recorded_at)
    }

    /// Takes back what was decided since the mark.
    pub fn rewind(&mut self, (last, recorded_at): (u64, RecordedAt)) {
        self.open.clear();
        (self.last, self.recorded_at) = (last, recorded_at);
    }

    /// Place and instant of the next entry.
    fn next(&self, now: RecordedAt) -> Moment {
        Moment {
            sequence: self.last + 1,
            recorded_at: RecordedAt(now.0.max(self.recorded_at.0.saturating_add(1))),
        }
    }

    /// Audits an entry, encodes and applies it.
    fn record(
        &mut self,
        state: &mut State,
        entry: &Entry<'_>,
        originals: &Originals,
    ) -> Result<(), Failure> {
        if let Err(error) = audit(state, entry, originals) {
            let message = format!(
                "{error}; nothing was written, and nothing more is: report it and open again"
            );
            self.stop(Failure::system(Code::AuditFailed, message));
            return Err(self.stopped.clone().expect("writing was just stopped"));
        }
        self.open
            .push(entry.sequence, entry.recorded_at, |expected, bytes| {
                codec::encode(entry, expected, bytes)
            });
        if self.open.last_bytes() > ENTRY_BYTES {
            self.open.drop_last();
            return Err(Failure::plain(Code::BatchTooLarge));
        }
        self.last = entry.sequence;
        self.recorded_at = entry.recorded_at;
        self.applying = true;
        apply(state, entry);
        self.applying = false;
        Ok(())
    }
}

impl Core {
    /// Decides a request, waits until it and all before it are durable, and answers.
    pub fn submit(&self, request: &Request<'_>) -> Result<Answer, Failure> {
        let in_line = self.enter_write()?;
        check_shape(request)?;
        let fetched = self.prefetch(request);
        let mut decider = self.lock_decider()?;
        drop(in_line);
        let outcome = self.guarded(&mut decider, |decider| {
            self.decide_one(decider, request, fetched)
        })?;
        let target = decider.last();
        self.snapshots.note(target);
        self.finish(decider, target)?;
        match outcome {
            Outcome::Answered(result) => result,
            Outcome::Known(known) => self.answer_again(request, known),
        }
    }

    /// Calls `f`; a panic in it ends writing for good.
    pub fn guarded<T>(
        &self,
        decider: &mut Decider,
        f: impl FnOnce(&mut Decider) -> T,
    ) -> Result<T, Failure> {
        catch_unwind(AssertUnwindSafe(|| f(decider))).map_err(|_| {
            self.broken.fetch_or(decider.applying, Ordering::AcqRel);
            self.commit.poison("a defect of this program stopped a decision half way");
            let message = "a defect of this program stopped a decision; nothing more is written: open the ledger again";
            Failure::system(Code::Poisoned, message)
        })
    }

    pub fn lock_decider(&self) -> Result<MutexGuard<'_, Decider>, Failure> {
        loop {
            let decider = self.decider.lock();
            decider.check_open(self)?;
            if decider.open_bytes() < OPEN_BYTES {
                return Ok(decider);
            }
            let before = decider.handed_over();
            drop(decider);
            self.make_durable(before + 1)?;
        }
    }

    pub(super) fn decide_one(
        &self,
        decider: &mut Decider,
        request: &Request<'_>,
        fetched: Fetched,
    ) -> Outcome {
        let mut state = self.state.write();
        let key = (!request.key.is_empty()).then(|| state.print(&request.caller, &request.key));
        if let Some(known) = Known::find(&state, request, key) {
            return Outcome::Known(known);
        }
        let now = match decider.stamp() {
            Ok(now) => now,
            Err(failure) => return Outcome::Answered(Err(failure)),
        };
        let mut originals = Originals::default();
        if rests_on_past(&state, request) {
            drop(state);
            originals = match self.fetch(decider, request, now, fetched) {
                Ok(originals) => originals,
                Err(failure) => return Outcome::Answered(Err(failure)),
            };
            state = self.state.write();
        }
        Outcome::Answered(decider.decide(&mut state, request.clone(), now, &originals, answer))
    }

    /// Waits for `target`, on this thread if the syncer's role is free.
    pub(super) fn finish(
        &self,
        mut decider: MutexGuard<'_, Decider>,
        target: u64,
    ) -> Result<(), Failure> {
        if self.commit.durable() >= target {
            return Ok(());
        }
        if let Some(role) = self.commit.try_claim() {
            let group = decider.take_open();
            drop(decider);
            match group {
                Some(group) => self.commit.sync(role, &group),
                None => self.commit.give_back(role),
            }
        } else {
            drop(decider);
        }
        self.make_durable(target)
    }
}

/// What became of a request under the decider's lock.
pub(super) enum Outcome {
    Answered(Result<Answer, Failure>),
    /// It was answered before.
    Known(Known),
}
