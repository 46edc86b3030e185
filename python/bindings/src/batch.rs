//! Tables on their way to the engine and back.

use std::sync::Arc;

use loyalty_ledger::engine::{self, Failure, Rows};
use loyalty_ledger::ledger::bounds::BATCH_REQUESTS;
use loyalty_ledger::ledger::request::Request;
use loyalty_ledger::ledger::time::Instant;
use loyalty_ledger::table::Table;
use pyo3::prelude::*;

use crate::answers::{Answers, Gathered};
use crate::errors;

/// Rows between two looks at whether the person has pressed Ctrl-C; the engine cuts them further.
const ROWS_PER_LOOK: usize = 32 * BATCH_REQUESTS;

/// Some rows of a table.
struct Slice {
    table: Arc<dyn Table>,
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

/// Submits all rows as a whole, under a key of its own.
pub fn submit_whole(
    py: Python<'_>,
    ledger: &engine::Ledger,
    table: Arc<dyn Table>,
    batch_key: &str,
) -> PyResult<Answers> {
    let rows = table.len();
    let done = py.detach(|| ledger.submit_whole("", batch_key, table.clone()));
    let done = done.map_err(|failure| errors::failed(py, &failure, None))?;
    let mut answers = Gathered::with_capacity(rows);
    for (row, answer) in done.rows.iter().enumerate() {
        answers.add(answer, || table.key(row).into_owned());
    }
    answers.refused_row = done.refused;
    Ok(answers.finish())
}

/// Submits all rows in their order; stops between slices if the person asks for it.
pub fn submit(py: Python<'_>, ledger: &engine::Ledger, table: Arc<dyn Table>) -> PyResult<Answers> {
    let mut answers = Gathered::with_capacity(table.len());
    for first in (0..table.len()).step_by(ROWS_PER_LOOK) {
        let rows = ROWS_PER_LOOK.min(table.len() - first);
        let done = py.detach(|| submit_slice(ledger, &table, first, rows, &mut answers));
        done.map_err(|failure| errors::failed(py, &failure, Some(first)))?;
        py.check_signals()?;
    }
    Ok(py.detach(|| answers.finish()))
}

fn submit_slice(
    ledger: &engine::Ledger,
    table: &Arc<dyn Table>,
    first: usize,
    rows: usize,
    answers: &mut Gathered,
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
