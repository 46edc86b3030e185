//! Batches: rows of a table as requests that borrow from it.

use std::sync::Arc;

use arrow_array::{Array, Int64Array};
use loyalty_ledger::engine::{self, Failure, Rows};
use loyalty_ledger::ledger::bounds::BATCH_REQUESTS;
use loyalty_ledger::ledger::request::{
    Accrue, Alias, Command, Enroll, MemberName, Money, Price, Purchase, Redeem, Request, Text,
};
use loyalty_ledger::ledger::time::Instant;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use crate::answers::{Answers, Columns};
use crate::columns::Texts;
use crate::errors;
use crate::table::{Chunk, Table, Verb};
use crate::values::currency_bytes;

/// Rows between two looks at whether the person has pressed Ctrl-C; the engine cuts them further.
const ROWS_PER_LOOK: usize = 32 * BATCH_REQUESTS;
const NOT_NULL: &str = "nulls were refused when the table was read";

/// A table that was read and checked: its rows as requests that borrow from it.
pub trait Requests: Send + Sync {
    fn rows(&self) -> usize;

    fn request(&self, at: usize) -> Request<'_>;

    /// Where a manual clock goes before the row.
    fn recorded_at(&self, at: usize) -> Option<Instant>;

    fn key(&self, at: usize) -> Text<'_>;
}

impl Requests for Table {
    fn rows(&self) -> usize {
        self.rows
    }

    fn request(&self, at: usize) -> Request<'_> {
        request(self, at)
    }

    fn recorded_at(&self, at: usize) -> Option<Instant> {
        let (chunk, row) = self.place(at);
        let times = chunk.recorded_at.as_ref();
        times.map(|times| Instant(times.value(row)))
    }

    fn key(&self, at: usize) -> Text<'_> {
        key(self, at)
    }
}

/// Some rows of a table.
struct Slice {
    table: Arc<dyn Requests>,
    first: usize,
    rows: usize,
}

impl Rows for Slice {
    fn len(&self) -> usize {
        self.rows
    }

    fn request(&self, index: usize) -> Request<'_> {
        self.table.request(self.first + index)
    }

    fn recorded_at(&self, index: usize) -> Option<Instant> {
        self.table.recorded_at(self.first + index)
    }
}

fn request(table: &Table, at: usize) -> Request<'_> {
    let (chunk, row) = table.place(at);
    let member = || name(chunk, row);
    let points = || chunk.points.as_ref().map_or(0, |points| points.value(row));
    let enroll = || {
        let own = chunk.enroll.as_ref().is_some_and(|flags| flags.value(row));
        table.create_members || own
    };
    let command = match table.verb {
        Verb::Enroll => Command::Enroll(Enroll {
            member: Text::Borrowed(id(chunk, row)),
            aliases: aliases(chunk, row).collect(),
        }),
        Verb::Purchase => Command::Purchase(Purchase {
            member: member(),
            amount: Money {
                minor_units: chunk.amount.as_ref().map_or(0, |amounts| amounts[row]),
                currency: currency(table, chunk, row),
            },
            enroll: enroll(),
            basket: None,
        }),
        Verb::Accrue => Command::Accrue(Accrue {
            member: member(),
            wallet: wallet(chunk, row),
            points: points(),
            activates_at: instant(chunk.activates_at.as_ref(), row),
            expires_at: instant(chunk.expires_at.as_ref(), row),
            funder: text(chunk.funder.as_ref(), row),
            price: price(table, chunk, row),
            enroll: enroll(),
            joining: None,
        }),
        Verb::Redeem => Command::Redeem(Redeem {
            member: member(),
            wallet: wallet(chunk, row),
            points: points(),
        }),
    };
    Request {
        caller: Text::Borrowed(""),
        key: key(table, at),
        occurred_at: instant(chunk.occurred_at.as_ref(), row),
        command,
        details: None,
    }
}

fn id(chunk: &Chunk, row: usize) -> &str {
    let member = chunk.member.as_ref().and_then(|members| members.get(row));
    member.expect(NOT_NULL)
}

fn name(chunk: &Chunk, row: usize) -> MemberName<'_> {
    match aliases(chunk, row).next() {
        Some(alias) => MemberName::Alias(alias),
        None => MemberName::Id(Text::Borrowed(id(chunk, row))),
    }
}

fn aliases(chunk: &Chunk, row: usize) -> impl Iterator<Item = Alias<'_>> {
    chunk.aliases.iter().filter_map(move |(kind, hashed)| {
        hashed[row].map(|(hash, last_digits)| Alias {
            kind: Text::Borrowed(kind),
            hash,
            last_digits,
        })
    })
}

fn key(table: &Table, at: usize) -> Text<'_> {
    let (chunk, row) = table.place(at);
    match &chunk.key {
        Some(keys) => Text::Borrowed(keys.get(row).expect(NOT_NULL)),
        None if table.verb == Verb::Enroll => Text::Owned(format!("enroll/{}", id(chunk, row))),
        None => Text::Borrowed(""),
    }
}

fn wallet(chunk: &Chunk, row: usize) -> Text<'_> {
    text(chunk.wallet.as_ref(), row).unwrap_or(Text::Borrowed("points"))
}

fn text(texts: Option<&Texts>, row: usize) -> Option<Text<'_>> {
    texts.and_then(|texts| texts.get(row)).map(Text::Borrowed)
}

fn instant(times: Option<&Int64Array>, row: usize) -> Option<Instant> {
    times
        .filter(|times| !times.is_null(row))
        .map(|times| Instant(times.value(row)))
}

fn currency(table: &Table, chunk: &Chunk, row: usize) -> [u8; 3] {
    let own = chunk.currency.as_ref().and_then(|texts| texts.get(row));
    own.and_then(currency_bytes).unwrap_or(table.money)
}

fn price(table: &Table, chunk: &Chunk, row: usize) -> Option<Price> {
    let micros = chunk.price.as_ref().and_then(|prices| prices[row])?;
    Some(Price {
        micros,
        currency: currency(table, chunk, row),
    })
}

/// Submits all rows as a whole, under a key of its own.
pub fn submit_whole(
    py: Python<'_>,
    ledger: &engine::Ledger,
    table: Arc<dyn Requests>,
    batch_key: &str,
) -> PyResult<Answers> {
    let rows = table.rows();
    let slice = Slice {
        table: table.clone(),
        first: 0,
        rows,
    };
    let done = py.detach(|| ledger.submit_whole("", batch_key, Arc::new(slice)));
    let done = done.map_err(|failure| errors::failed(py, &failure, None))?;
    let mut answers = Columns::with_capacity(rows);
    for (row, answer) in done.rows.iter().enumerate() {
        answers.add(answer, || table.key(row).into_owned());
    }
    answers.refused_row = done.refused;
    let finished = answers.finish();
    finished.map_err(|error| PyRuntimeError::new_err(error.to_string()))
}

/// Submits all rows in their order; stops between slices if the person asks for it.
pub fn submit(
    py: Python<'_>,
    ledger: &engine::Ledger,
    table: Arc<dyn Requests>,
) -> PyResult<Answers> {
    let mut answers = Columns::with_capacity(table.rows());
    for first in (0..table.rows()).step_by(ROWS_PER_LOOK) {
        let rows = ROWS_PER_LOOK.min(table.rows() - first);
        let done = py.detach(|| submit_slice(ledger, &table, first, rows, &mut answers));
        done.map_err(|failure| errors::failed(py, &failure, Some(first)))?;
        py.check_signals()?;
    }
    let finished = py.detach(|| answers.finish());
    finished.map_err(|error| PyRuntimeError::new_err(error.to_string()))
}

fn submit_slice(
    ledger: &engine::Ledger,
    table: &Arc<dyn Requests>,
    first: usize,
    rows: usize,
    answers: &mut Columns,
) -> Result<(), Failure> {
    let slice = Slice {
        table: table.clone(),
        first,
        rows,
    };
    for (row, answer) in ledger.submit_rows(Arc::new(slice))?.iter().enumerate() {
        answers.add(answer, || table.key(first + row).into_owned());
    }
    Ok(())
}
