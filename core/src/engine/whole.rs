//! Owns batches that are applied as a whole or not at all.
//!
//! ```text
//!  state ── mark ── batch's own entry ── row ── row ── row ─▶ one frame, nothing before it
//!             ▲                           │ refused
//!             └── rewind ◀────────────────┘ ─▶ the batch's own entry alone, with row and code
//! ```
//!
//! The state stays locked while the rows are decided, so that nobody sees half of it; what they rest on is read ahead.

use parking_lot::MutexGuard;
use smallvec::smallvec;

use super::codec;
use super::core::Core;
use super::failure::Failure;
use super::known::Known;
use super::originals::Fetched;
use super::rows::{RowAnswer, Rows};
use super::writer::Decider;
use crate::ledger::bounds::BATCH_REQUESTS;
use crate::ledger::decide::{Originals, RowRefusal, check_shape, is_same_document, same_content};
use crate::ledger::entry::{Entry, Fact, Figures, RecordedAt};
use crate::ledger::rejection::{Class, Code};
use crate::ledger::request::{Batch, Command, Request, Text};
use crate::ledger::source::{Details, Source};
use crate::ledger::state::State;

/// Bytes of a batch's entries; a frame has room for as many, and for what follows.
const WHOLE_BYTES: usize = 48 << 20;

/// What became of a batch that is applied as a whole or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WholeAnswer {
    /// If one row was refused, all have its code; that one has its figures too, and the sequence of the batch's entry.
    pub rows: Vec<RowAnswer>,
    /// The first row that could not be applied, counted from 0.
    pub refused: Option<usize>,
}

/// A row, and what was read ahead for it.
struct Row<'r> {
    request: Request<'r>,
    fetched: Fetched,
}

/// Why a batch is not applied.
enum Stop {
    /// For a row; its code says whether that is remembered.
    Row(Box<RowRefusal>),
    Failed(Failure),
}

/// What became of a batch under the decider's lock.
enum Outcome {
    Answered(Result<WholeAnswer, Failure>),
    /// Its key has this entry.
    Known(u64),
}

impl Core {
    /// Decides all rows in order, or none; answers when that is durable.
    pub fn submit_whole(
        &self,
        caller: &str,
        key: &str,
        rows: &dyn Rows,
    ) -> Result<WholeAnswer, Failure> {
        let in_line = self.enter_write()?;
        if rows.len() > BATCH_REQUESTS {
            return Err(Failure::plain(Code::BatchTooLarge));
        }
        let requests: Vec<Request<'_>> = (0..rows.len()).map(|row| rows.request(row)).collect();
        for (row, request) in requests.iter().enumerate() {
            let is_training = request.source().is_some_and(|source| source.training);
            let wrong = match check_shape(request) {
                Err(rejection) => Some(rejection.code),
                // What is never written cannot be a part of what is written as a whole.
                Ok(()) => is_training.then_some(Code::SourceInvalid),
            };
            if let Some(code) = wrong {
                return Ok(WholeAnswer::rejected(rows.len(), row, code));
            }
        }
        let asked = asked(caller, key, &requests);
        check_shape(&asked)?;
        let mut decider = self.lock_empty_decider()?;
        drop(in_line);
        let outcome = self.guarded(&mut decider, |decider| {
            self.decide_whole(decider, &asked, requests)
        })?;
        let target = decider.last();
        self.snapshots.note(target);
        self.finish(decider, target)?;
        match outcome {
            Outcome::Answered(result) => result,
            Outcome::Known(sequence) => self.answer_whole_again(&asked, sequence, rows),
        }
    }

    /// The decider, once nothing waits for the disk: the batch begins its frame.
    fn lock_empty_decider(&self) -> Result<MutexGuard<'_, Decider>, Failure> {
        loop {
            let decider = self.lock_decider()?;
            if decider.open_bytes() == 0 {
                return Ok(decider);
            }
            let last = decider.last();
            drop(decider);
            self.make_durable(last)?;
        }
    }

    fn decide_whole(
        &self,
        decider: &mut Decider,
        asked: &Request<'_>,
        requests: Vec<Request<'_>>,
    ) -> Outcome {
        let known = {
            let state = self.state.read();
            state.keys.find(state.print(&asked.caller, &asked.key))
        };
        if let Some(sequence) = known {
            return Outcome::Known(sequence);
        }
        let count = requests.len();
        let ready = decider.stamp().and_then(|now| {
            let rows = requests.into_iter().map(|request| {
                let fetched = self.fetch_ahead(decider, &request, now)?;
                Ok(Row { request, fetched })
            });
            Ok((now, rows.collect::<Result<Vec<_>, Failure>>()?))
        });
        let (now, rows) = match ready {
            Ok(ready) => ready,
            Err(failure) => return Outcome::Answered(Err(failure)),
        };
        let mut state = self.state.write();
        let before = decider.mark();
        state.mark();
        let decided = self.decide_rows(decider, &mut state, asked, rows, now);
        Outcome::Answered(match decided {
            Ok(rows) => {
                state.keep();
                Ok(WholeAnswer {
                    rows,
                    refused: None,
                })
            }
            Err(stop) => {
                state.rewind();
                decider.rewind(before);
                refuse(decider, &mut state, asked, count, now, stop)
            }
        })
    }

    fn decide_rows(
        &self,
        decider: &mut Decider,
        state: &mut State,
        asked: &Request<'_>,
        rows: Vec<Row<'_>>,
        now: RecordedAt,
    ) -> Result<Vec<RowAnswer>, Stop> {
        let mut answers = Vec::with_capacity(rows.len());
        let own = decider.decide(state, asked.clone(), now, &Originals::default(), |_| ());
        own.map_err(Stop::Failed)?;
        for (place, row) in rows.into_iter().enumerate() {
            let (answer, figures) = self.decide_in_whole(decider, state, row, now, place as u32)?;
            if answer.code.class() != Class::Applied {
                return Err(stop(place as u32, answer.code, figures));
            }
            if decider.open_bytes() > WHOLE_BYTES {
                return Err(Stop::Failed(Failure::plain(Code::BatchTooLarge)));
            }
            answers.push(answer);
        }
        Ok(answers)
    }

    fn decide_in_whole(
        &self,
        decider: &mut Decider,
        state: &mut State,
        row: Row<'_>,
        now: RecordedAt,
        place: u32,
    ) -> Result<(RowAnswer, Figures), Stop> {
        let Row { request, fetched } = row;
        let tell = |entry: &Entry<'_>| (RowAnswer::of_entry(entry), entry.figures);
        let print = state.print(&request.caller, &request.key);
        if let Some(known) = Known::find(state, &request, Some(print)) {
            let first = self.known(decider, known, fetched).map_err(Stop::Failed)?;
            let (is_same, otherwise) = match known {
                Known::Key(_) => (same_content(&request, &first), Code::KeyReused),
                Known::Receipt(_) => {
                    let now = now.instant();
                    let is_same = is_same_document(state, &request, &first, now);
                    (is_same, Code::ReceiptReused)
                }
            };
            if !is_same {
                return Err(stop(place, otherwise, Figures::default()));
            }
            let (answer, figures) = tell(&first);
            let replayed = true;
            return Ok((RowAnswer { replayed, ..answer }, figures));
        }
        let originals = self.fetch_held(decider, state, &request, now, fetched);
        let originals = originals.map_err(Stop::Failed)?;
        decider
            .decide(state, request, now, &originals, tell)
            .map_err(|failure| match failure {
                Failure::Rejected(rejection) => stop(place, rejection.code, Figures::default()),
                failure => Stop::Failed(failure),
            })
    }

    /// Answers a batch whose key an entry has; that entry and what it rests on are durable.
    fn answer_whole_again(
        &self,
        asked: &Request<'_>,
        sequence: u64,
        rows: &dyn Rows,
    ) -> Result<WholeAnswer, Failure> {
        let found = self.with_entry(sequence, |first| {
            same_content(asked, first).then(|| first.clone().into_owned())
        })?;
        match found {
            None => Ok(WholeAnswer::rejected(rows.len(), 0, Code::KeyReused)),
            Some(first) if first.code.class() == Class::Applied => Ok(WholeAnswer {
                rows: self.submit_rows(rows)?,
                refused: None,
            }),
            Some(first) => {
                let mut answer = WholeAnswer::refused(&first, rows.len());
                for row in &mut answer.rows {
                    row.replayed = true;
                }
                Ok(answer)
            }
        }
    }
}

impl WholeAnswer {
    /// All rows have the code of the one that stood in the way.
    fn rejected(rows: usize, refused: usize, code: Code) -> WholeAnswer {
        WholeAnswer {
            rows: vec![RowAnswer::without_entry(code); rows],
            refused: Some(refused),
        }
    }

    /// What a refused batch's own entry says.
    fn refused(entry: &Entry<'_>, rows: usize) -> WholeAnswer {
        let refused = refused_row(entry).unwrap_or(0) as usize;
        let mut answer = WholeAnswer::rejected(rows, refused, entry.code);
        if let Some(row) = answer.rows.get_mut(refused) {
            *row = RowAnswer::of_entry(entry);
        }
        answer
    }
}

/// Writes the batch's own entry if the refusal is remembered.
fn refuse(
    decider: &mut Decider,
    state: &mut State,
    asked: &Request<'_>,
    rows: usize,
    now: RecordedAt,
    stop: Stop,
) -> Result<WholeAnswer, Failure> {
    match stop {
        Stop::Failed(failure) => Err(failure),
        Stop::Row(refusal) if refusal.code.class() == Class::Refused => {
            decider.refuse_batch(state, asked.clone(), now, &refusal, |entry| {
                WholeAnswer::refused(entry, rows)
            })
        }
        Stop::Row(refusal) => Ok(WholeAnswer::rejected(
            rows,
            refusal.row as usize,
            refusal.code,
        )),
    }
}

fn refused_row(entry: &Entry<'_>) -> Option<u32> {
    entry.facts.iter().find_map(|fact| match fact {
        Fact::RowRefused { row } => Some(*row),
        _ => None,
    })
}

fn stop(row: u32, code: Code, figures: Figures) -> Stop {
    Stop::Row(Box::new(RowRefusal { row, code, figures }))
}

/// The request that a batch is as a whole.
fn asked<'a>(caller: &'a str, key: &'a str, rows: &[Request<'_>]) -> Request<'a> {
    Request {
        caller: Text::Borrowed(caller),
        key: Text::Borrowed(key),
        occurred_at: None,
        details: None,
        command: Command::Batch(Batch {
            rows: rows.len() as u32,
            digest: digest(rows),
        }),
    }
}

/// Of all that makes the rows these rows: what `same_content` compares.
fn digest(rows: &[Request<'_>]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    let mut bytes = Vec::new();
    for row in rows {
        let source = Source {
            offline: row.is_offline(),
            ..Source::default()
        };
        let content = Request {
            occurred_at: None,
            details: Details::boxed(row.receipt().cloned(), source),
            ..row.clone()
        };
        bytes.clear();
        let start = RecordedAt::default();
        codec::encode(&content_of(content), start, &mut bytes);
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(&bytes);
    }
    *hasher.finalize().as_bytes()
}

/// A request as an entry that says nothing more.
fn content_of(request: Request<'_>) -> Entry<'_> {
    Entry {
        sequence: 0,
        recorded_at: RecordedAt::default(),
        program: 0,
        request,
        code: Code::Applied,
        figures: Figures::default(),
        original: 0,
        facts: smallvec![],
        effects: smallvec![],
    }
}
