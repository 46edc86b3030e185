//! The class `_core.Posting`: a table on its way to a server, piece by piece, and what its rows are answered.

use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, DataType, SchemaRef};
use loyalty_ledger::table::ipc::{self, Batches};
use loyalty_ledger::table::{TableError, Texts, told};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::answers::{Answers, Gathered};
use crate::errors::bad_table;
use crate::stream;

/// A table that is sent in pieces, in order, each after the answer to the one before.
#[pyclass(module = "loyalty_ledger._core")]
pub struct Posting {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    /// Place of the first row that was not handed out: its batch, and its row there.
    next: (usize, usize),
    /// Rows of a piece, as far as pieces so far were small enough.
    rows: usize,
    /// Bytes that one message takes.
    bytes: usize,
    /// The piece that is not answered yet.
    sent: Vec<RecordBatch>,
    answers: Gathered,
}

#[pymethods]
impl Posting {
    #[new]
    fn new(
        py: Python<'_>,
        table: &Bound<'_, PyAny>,
        rows: usize,
        bytes: usize,
    ) -> PyResult<Posting> {
        let reader = stream::reader(table)?;
        let schema = reader.schema();
        let read: Result<Vec<RecordBatch>, ArrowError> = py.detach(|| reader.collect());
        let batches = read.map_err(|error| unsendable(py, &error))?;
        py.detach(|| check_texts(&batches))
            .map_err(|bad| bad_table(py, &bad))?;
        Ok(Posting {
            answers: Gathered::with_capacity(count(&batches)),
            schema,
            batches,
            next: (0, 0),
            rows,
            bytes,
            sent: Vec::new(),
        })
    }

    fn __len__(&self) -> usize {
        count(&self.batches)
    }

    /// The next piece as an Arrow IPC stream, and its rows; a table without rows is one piece.
    fn piece<'py>(&mut self, py: Python<'py>) -> PyResult<(Bound<'py, PyBytes>, usize)> {
        let packed = py.detach(|| self.pack());
        let packed = packed.map_err(|error| unsendable(py, &error))?;
        Ok((PyBytes::new(py, &packed), count(&self.sent)))
    }

    /// Takes the answers to the piece.
    fn answered(&mut self, py: Python<'_>, arrow_ipc: &[u8]) -> PyResult<()> {
        let added = py.detach(|| self.add(arrow_ipc));
        added.map_err(|error| {
            let told = "is the server of another version?";
            PyValueError::new_err(format!("the table of answers: {error}; {told}"))
        })
    }

    /// All answers; `refused_row` is the row that a batch was refused for as a whole.
    fn finish(&mut self, py: Python<'_>, refused_row: Option<usize>) -> Answers {
        let mut answers = std::mem::replace(&mut self.answers, Gathered::with_capacity(0));
        answers.refused_row = refused_row;
        py.detach(|| answers.finish())
    }
}

impl Posting {
    /// Packs as many rows as a message takes; one row that is too large is for the server to refuse.
    fn pack(&mut self) -> Result<Vec<u8>, ArrowError> {
        loop {
            let (piece, next) = self.take();
            let rows = count(&piece);
            let packed = ipc::write_all(&self.schema, &piece)?;
            if packed.len() <= self.bytes || rows <= 1 {
                (self.sent, self.next) = (piece, next);
                return Ok(packed);
            }
            // A tenth less, since rows differ.
            let fitting = rows as u128 * self.bytes as u128 / packed.len() as u128;
            self.rows = (fitting as usize * 9 / 10).clamp(1, rows - 1);
        }
    }

    /// The next rows, and the place after them.
    fn take(&self) -> (Vec<RecordBatch>, (usize, usize)) {
        let (mut batch, mut first) = self.next;
        let mut left = self.rows;
        let mut piece = Vec::new();
        while left > 0 && batch < self.batches.len() {
            let rows = left.min(self.batches[batch].num_rows() - first);
            if rows > 0 {
                piece.push(self.batches[batch].slice(first, rows));
            }
            left -= rows;
            first += rows;
            if first == self.batches[batch].num_rows() {
                (batch, first) = (batch + 1, 0);
            }
        }
        (piece, (batch, first))
    }

    fn add(&mut self, arrow_ipc: &[u8]) -> Result<(), TableError> {
        let mut answers = Vec::new();
        for batch in Batches::read(arrow_ipc)?.into_reader() {
            let batch = batch.map_err(|error| TableError::whole(error.to_string()))?;
            answers.extend(told::read(&batch)?);
        }
        let sent = std::mem::take(&mut self.sent);
        let rows = count(&sent);
        if answers.len() != rows {
            let told = format!("has {} rows for {rows}", answers.len());
            return Err(TableError::whole(told));
        }
        let mut answers = answers.iter();
        for batch in &sent {
            let keys = Keys::of(batch);
            for (row, answer) in answers.by_ref().take(batch.num_rows()).enumerate() {
                self.answers.add(answer, || keys.at(row));
            }
        }
        Ok(())
    }
}

/// What a server could not read is told here, by its place.
fn check_texts(batches: &[RecordBatch]) -> Result<(), TableError> {
    let mut first_row = 0;
    for batch in batches {
        for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
            if is_text(field.data_type()) {
                Texts::new(field.name(), array, first_row)?;
            }
        }
        first_row += batch.num_rows();
    }
    Ok(())
}

fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

fn count(batches: &[RecordBatch]) -> usize {
    batches.iter().map(RecordBatch::num_rows).sum()
}

fn unsendable(py: Python<'_>, error: &ArrowError) -> PyErr {
    let told = format!("the table cannot be sent: {error}");
    bad_table(py, &TableError::whole(told))
}

/// The keys that rows state, or have by their members.
struct Keys {
    stated: Option<Texts>,
    members: Option<Texts>,
}

impl Keys {
    /// Of columns that the server has taken.
    fn of(batch: &RecordBatch) -> Keys {
        let texts = |name: &str| Texts::new(name, batch.column_by_name(name)?, 0).ok();
        Keys {
            stated: texts("key"),
            members: texts("member"),
        }
    }

    fn at(&self, row: usize) -> String {
        let stated = self.stated.as_ref().and_then(|keys| keys.get(row));
        let by_member = || {
            let member = self.members.as_ref().and_then(|members| members.get(row));
            member.map(|member| format!("enroll/{member}"))
        };
        let key = stated.map(str::to_owned).or_else(by_member);
        key.unwrap_or_default()
    }
}
