//! Owns bulk work: rows decided in slices that let single calls and reads pass in between.

use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::{Duration, Instant as Timer};

use parking_lot::{MutexGuard, RwLockWriteGuard};

use super::clock::Clock;
use super::core::Core;
use super::failure::Failure;
use super::known::Known;
use super::originals::Fetched;
use super::writer::Decider;
use crate::ledger::answer::Answer;
use crate::ledger::bounds::SLICE_REQUESTS;
use crate::ledger::decide::{Originals, check_shape, rests_on_past};
use crate::ledger::entry::{Entry, RecordedAt};
use crate::ledger::keys::Print;
use crate::ledger::rejection::{Class, Code};
use crate::ledger::request::{MemberName, Request};
use crate::ledger::state::State;
use crate::ledger::tables::Hashing;
use crate::ledger::time::Instant;
use crate::ledger::wallet::Wallet;

/// Many requests, each made when it is asked for. Any number: the engine cuts them.
pub trait Rows: Send + Sync {
    fn len(&self) -> usize;

    fn request(&self, index: usize) -> Request<'_>;

    /// Where a manual clock goes before the row is decided. A new row whose instant it has passed is refused; one that
    /// is known is answered as ever, so that an import can be taken up again.
    fn recorded_at(&self, _index: usize) -> Option<Instant> {
        None
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<R: Rows + ?Sized> Rows for Arc<R> {
    fn len(&self) -> usize {
        self.as_ref().len()
    }

    fn request(&self, index: usize) -> Request<'_> {
        self.as_ref().request(index)
    }

    fn recorded_at(&self, index: usize) -> Option<Instant> {
        self.as_ref().recorded_at(index)
    }
}

/// What became of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowAnswer {
    pub code: Code,
    /// 0: no entry.
    pub sequence: u64,
    /// Nanoseconds; 0: no entry.
    pub recorded_at: i64,
    pub requested: i64,
    pub awarded: i64,
    /// Available after it.
    pub available: i64,
    /// What became of the referral that it names.
    pub referral: Option<Code>,
    pub replayed: bool,
}

impl RowAnswer {
    /// What was not decided, or left no entry.
    pub const fn without_entry(code: Code) -> RowAnswer {
        RowAnswer {
            code,
            sequence: 0,
            recorded_at: 0,
            requested: 0,
            awarded: 0,
            available: 0,
            referral: None,
            replayed: false,
        }
    }

    pub(super) fn of_entry(entry: &Entry<'_>) -> RowAnswer {
        let refused = entry.code.class() == Class::Refused;
        RowAnswer {
            code: entry.code,
            sequence: entry.sequence,
            recorded_at: entry.recorded_at.0,
            requested: entry.figures.requested,
            awarded: if refused { 0 } else { entry.figures.awarded },
            available: entry
                .effects
                .first()
                .map_or(entry.figures.available, |effect| effect.after.available),
            referral: entry.referral_answer(),
            replayed: false,
        }
    }
}

impl From<&Answer> for RowAnswer {
    fn from(answer: &Answer) -> RowAnswer {
        RowAnswer {
            code: answer.code,
            sequence: answer.sequence,
            recorded_at: answer.recorded_at.0,
            requested: answer.requested,
            awarded: answer.awarded,
            available: answer.balance.available,
            referral: answer.referral,
            replayed: answer.replayed,
        }
    }
}

/// Bytes that may wait for the disk while one group is on its way there.
const GROUP_BYTES: usize = 1 << 20;
/// How long a read that comes may wait for the state.
const HELD_AT_MOST: Duration = Duration::from_micros(200);
/// Rows after which the time is looked at.
const ROWS_BETWEEN_LOOKS: usize = 16;

/// Slices made ready while one is decided.
const SLICES_AHEAD: usize = 2;

/// The work on one call's rows.
struct Work<'r> {
    core: &'r Core,
    rows: &'r dyn Rows,
    answers: Vec<RowAnswer>,
    /// Rows that were answered before: answered again once those entries are durable.
    known: Vec<(usize, Known)>,
}

/// Rows that are decided together, with all that can be done ahead done: requests made, shapes checked, names hashed,
/// the durable entries they name read.
struct Slice<'r> {
    end: usize,
    prepared: Vec<Prepared<'r>>,
    /// Rows whose shape is wrong.
    wrong: Vec<(usize, Code)>,
}

struct Prepared<'r> {
    index: usize,
    request: Request<'r>,
    print: Option<Print>,
    /// Of the member's id, if the request names its member by that.
    id_hash: Option<u64>,
    fetched: Fetched,
}

impl Core {
    /// Decides all rows in order; answers when all of it is durable.
    pub fn submit_rows(&self, rows: &dyn Rows) -> Result<Vec<RowAnswer>, Failure> {
        let in_line = self.enter_write()?;
        let mut work = Work {
            core: self,
            rows,
            answers: vec![RowAnswer::without_entry(Code::OutcomeUnknown); rows.len()],
            known: Vec::new(),
        };
        let before = self.lock_decider()?.last();
        drop(in_line);
        let hashing = self.hashing();
        let mut slices = (0..rows.len())
            .step_by(SLICE_REQUESTS)
            .map(move |start| Slice::prepare(self, rows, &hashing, start));
        let target = if rows.len() <= SLICE_REQUESTS {
            work.run(slices, before)?
        } else {
            thread::scope(|scope| {
                let (sender, ready) = sync_channel(SLICES_AHEAD);
                // Nobody takes more once a slice has failed.
                scope.spawn(move || slices.try_for_each(|slice| sender.send(slice)));
                work.run(ready, before)
            })?
        };
        self.make_durable(target)?;
        work.answer_known()?;
        Ok(work.answers)
    }
}

impl<'r> Slice<'r> {
    fn prepare(core: &Core, rows: &'r dyn Rows, hashing: &Hashing, start: usize) -> Slice<'r> {
        let end = rows.len().min(start + SLICE_REQUESTS);
        let mut slice = Slice {
            end,
            prepared: Vec::with_capacity(end - start),
            wrong: Vec::new(),
        };
        for index in start..end {
            let request = rows.request(index);
            if let Err(rejection) = check_shape(&request) {
                slice.wrong.push((index, rejection.code));
                continue;
            }
            let print = (!request.key.is_empty())
                .then(|| Print::of(hashing, &request.caller, &request.key));
            let id_hash = match request.command.member() {
                Some(MemberName::Id(id)) => Some(hashing.hash(id.as_bytes())),
                _ => None,
            };
            slice.prepared.push(Prepared {
                index,
                request,
                print,
                id_hash,
                fetched: Fetched::default(),
            });
        }
        slice.read_ahead(core);
        slice
    }

    fn read_ahead(&mut self, core: &Core) {
        let naming = |row: &&mut Prepared<'_>| row.request.command.reference().is_some();
        let mut rows: Vec<&mut Prepared<'_>> = self.prepared.iter_mut().filter(naming).collect();
        if rows.is_empty() {
            return;
        }
        let requests: Vec<&Request<'_>> = rows.iter().map(|row| &row.request).collect();
        let fetched = core.read_ahead(&requests);
        for (row, fetched) in rows.iter_mut().zip(fetched) {
            row.fetched = fetched;
        }
    }
}

impl<'r> Work<'r> {
    /// Decides the slices in their order; tells the last sequence there is.
    fn run(
        &mut self,
        slices: impl IntoIterator<Item = Slice<'r>>,
        before: u64,
    ) -> Result<u64, Failure> {
        let mut target = before;
        for slice in slices {
            target = self.run_slice(slice)?;
        }
        Ok(target)
    }

    /// Decides a slice, hands it over, and holds back while too much waits for the disk.
    fn run_slice(&mut self, slice: Slice<'r>) -> Result<u64, Failure> {
        let core = self.core;
        let mut decider = core.lock_decider()?;
        let outcome = core.guarded(&mut decider, |decider| self.decide_slice(decider, slice));
        let target = decider.last();
        let (waiting, before) = (decider.open_bytes(), decider.handed_over());
        MutexGuard::unlock_fair(decider);
        if let Err(failure) = outcome.flatten() {
            // Reads wait for the rows that were decided before it, and nobody else may come to write them.
            core.make_durable(target)?;
            return Err(failure);
        }
        core.commit.request(target);
        core.snapshots.note(target);
        if waiting >= GROUP_BYTES {
            core.commit.wait(before)?;
        }
        Ok(target)
    }

    fn decide_slice(&mut self, decider: &mut Decider, slice: Slice<'r>) -> Result<(), Failure> {
        let core = self.core;
        for (index, code) in slice.wrong {
            self.answers[index] = RowAnswer::without_entry(code);
        }
        let mut state = core.state.write();
        warm(&state, &slice.prepared);
        let mut now = decider.stamp()?;
        let mut held_since = Timer::now();
        for (place, row) in slice.prepared.into_iter().enumerate() {
            if place % ROWS_BETWEEN_LOOKS == 0 && held_since.elapsed() > HELD_AT_MOST {
                RwLockWriteGuard::bump(&mut state);
                held_since = Timer::now();
            }
            let mut is_late = false;
            if let (Clock::Manual(clock), Some(to)) =
                (&core.clock, self.rows.recorded_at(row.index))
            {
                clock.follow(to);
                now = decider.stamp()?;
                is_late = to < clock.now() || is_behind(to, now, decider.last());
            }
            if let Some(known) = Known::find(&state, &row.request, row.print) {
                self.known.push((row.index, known));
                continue;
            }
            if is_late {
                self.answers[row.index] = RowAnswer::without_entry(Code::RecordedInPast);
                continue;
            }
            let result = if rests_on_past(&state, &row.request) {
                drop(state);
                let originals = core.fetch(decider, &row.request, now, row.fetched)?;
                state = core.state.write();
                decide_row(decider, &mut state, row.request, now, &originals)
            } else {
                decide_row(decider, &mut state, row.request, now, &Originals::default())
            };
            self.answers[row.index] = result?;
        }
        // The last row may be one that is wrong in shape; its time has come all the same.
        if let (Clock::Manual(clock), Some(to)) =
            (&core.clock, self.rows.recorded_at(slice.end - 1))
        {
            clock.follow(to);
        }
        Ok(())
    }

    /// Answers the rows that were known, from the entries that answered them first.
    fn answer_known(&mut self) -> Result<(), Failure> {
        for (index, known) in std::mem::take(&mut self.known) {
            self.answers[index] = match self.core.answer_again(&self.rows.request(index), known) {
                Ok(answer) => RowAnswer::from(&answer),
                Err(Failure::Rejected(rejection)) => RowAnswer::without_entry(rejection.code),
                Err(failure) => return Err(failure),
            };
        }
        Ok(())
    }
}

/// Whether an instant lies further behind the next entry's than entries have been kept apart: each by a nanosecond.
fn is_behind(at: Instant, next: RecordedAt, entries: u64) -> bool {
    let behind = next.0.saturating_sub(at.0.saturating_mul(1_000));
    i64::try_from(entries).is_ok_and(|entries| behind > entries)
}

fn decide_row(
    decider: &mut Decider,
    state: &mut State,
    request: Request<'_>,
    now: RecordedAt,
    originals: &Originals,
) -> Result<RowAnswer, Failure> {
    match decider.decide(state, request, now, originals, RowAnswer::of_entry) {
        Ok(answer) => Ok(answer),
        Err(Failure::Rejected(rejection)) => Ok(RowAnswer::without_entry(rejection.code)),
        Err(Failure::System {
            code: Code::BatchTooLarge,
            ..
        }) => Ok(RowAnswer::without_entry(Code::BatchTooLarge)),
        Err(failure) => Err(failure),
    }
}

/// Reads what deciding will need, one kind of memory at a time over all rows: the waits for it overlap here, later they
/// would not.
fn warm(state: &State, slice: &[Prepared<'_>]) {
    let mut seen = 0u64;
    for row in slice {
        seen ^= row.print.map_or(0, |print| state.keys.touch(print));
    }
    let referrals = &state.objects.referrals;
    let named = slice
        .iter()
        .filter_map(|row| state.likely_member(row.id_hash?));
    let mut members: Vec<u32> = named.collect();
    let advocates = members
        .iter()
        .flat_map(|member| referrals.advocates_of(*member));
    let advocates: Vec<u32> = advocates.collect();
    for member in &members {
        seen ^= referrals.touch(*member);
    }
    members.extend(advocates);
    for member in &members {
        let wallet = state.objects.member(*member).wallet(0);
        seen ^= wallet.map_or(0, |wallet| wallet.last);
    }
    for member in &members {
        let id = state.objects.member_id_bytes(*member);
        let lots = state
            .objects
            .member(*member)
            .wallet(0)
            .map_or(&[][..], Wallet::lots);
        let ends = [lots.first(), lots.last()].into_iter().flatten();
        seen ^= u64::from(id.first().copied().unwrap_or(0));
        seen ^= ends.map(|lot| lot.id.0).fold(0, |seen, id| seen ^ id);
    }
    std::hint::black_box(seen);
}
