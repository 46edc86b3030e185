//! The answers to a batch, as a table that any Arrow library reads.

use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use loyalty_ledger::engine::RowAnswer;
use loyalty_ledger::ledger::rejection::Class;
use loyalty_ledger::table::answers::AnswerColumns;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::stream;

/// The answers so far, counted, with the rows that were not applied.
pub struct Gathered {
    columns: AnswerColumns,
    counts: Counts,
    refusals: Refused,
    /// The row that a batch was refused for as a whole.
    pub refused_row: Option<usize>,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    applied: usize,
    replayed: usize,
    refused: usize,
    rejected: usize,
}

/// The rows that were not applied.
#[derive(Default)]
struct Refused {
    row: Vec<i64>,
    key: Vec<String>,
    code: Vec<&'static str>,
    requested: Vec<i64>,
    available: Vec<i64>,
}

impl Gathered {
    pub fn with_capacity(rows: usize) -> Gathered {
        Gathered {
            columns: AnswerColumns::with_capacity(rows),
            counts: Counts::default(),
            refusals: Refused::default(),
            refused_row: None,
        }
    }

    pub fn add(&mut self, answer: &RowAnswer, key: impl FnOnce() -> String) {
        let row = self.columns.rows();
        self.columns.add(answer);
        let class = answer.code.class();
        let counts = &mut self.counts;
        *match class {
            _ if answer.replayed => &mut counts.replayed,
            Class::Applied => &mut counts.applied,
            Class::Refused => &mut counts.refused,
            _ => &mut counts.rejected,
        } += 1;
        if class != Class::Applied {
            self.refusals.row.push(row as i64);
            self.refusals.key.push(key());
            self.refusals.code.push(answer.code.name());
            self.refusals.requested.push(answer.requested);
            self.refusals.available.push(answer.available);
        }
    }

    pub fn finish(self) -> Answers {
        let mut batch = self.columns.finish();
        // Whoever has the table knows what was asked for; refusals tell it once more.
        if let Ok(requested) = batch.schema().index_of("requested") {
            batch.remove_column(requested);
        }
        Answers {
            batch,
            counts: self.counts,
            refusals: self.refusals.finish(),
            refused_row: self.refused_row,
        }
    }
}

impl Refused {
    fn finish(self) -> RecordBatch {
        let columns: [(&str, ArrayRef); 5] = [
            ("row", Arc::new(Int64Array::from(self.row))),
            ("key", Arc::new(StringArray::from(self.key))),
            ("code", Arc::new(StringArray::from(self.code))),
            ("requested", Arc::new(Int64Array::from(self.requested))),
            ("available", Arc::new(Int64Array::from(self.available))),
        ];
        RecordBatch::try_from_iter(columns).expect("every refusal adds one value to each column")
    }
}

/// One answer per row of a batch, in its order; a table for any Arrow library.
#[pyclass(module = "loyalty_ledger._core", frozen)]
pub struct Answers {
    batch: RecordBatch,
    counts: Counts,
    refusals: RecordBatch,
    refused_row: Option<usize>,
}

#[pymethods]
impl Answers {
    /// Rows applied by this call.
    #[getter]
    fn applied(&self) -> usize {
        self.counts.applied
    }

    /// Rows whose key was answered before; they got their first answer again.
    #[getter]
    fn replayed(&self) -> usize {
        self.counts.replayed
    }

    /// Rows that this call refused by the state of the ledger.
    #[getter]
    fn refused(&self) -> usize {
        self.counts.refused
    }

    /// Rows that were not taken at all: wrong in shape, or naming something unknown.
    #[getter]
    fn rejected(&self) -> usize {
        self.counts.rejected
    }

    /// The row that a batch was refused for as a whole.
    #[getter]
    fn refused_row(&self) -> Option<usize> {
        self.refused_row
    }

    /// Every row that was not applied, also when replayed.
    fn refusals(&self) -> Refusals {
        Refusals {
            batch: self.refusals.clone(),
        }
    }

    fn __len__(&self) -> usize {
        self.batch.num_rows()
    }

    fn __repr__(&self) -> String {
        let Counts {
            applied,
            replayed,
            refused,
            rejected,
        } = self.counts;
        format!(
            "<Answers: {applied} applied, {replayed} replayed, {refused} refused, {rejected} rejected>"
        )
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // The schema is a wish: whoever gets another one casts it.
        drop(requested_schema);
        stream::capsule(py, self.batch.clone())
    }
}

/// The rows of a batch that were not applied: row, key, code, requested, available.
#[pyclass(module = "loyalty_ledger._core", frozen)]
pub struct Refusals {
    batch: RecordBatch,
}

#[pymethods]
impl Refusals {
    fn __len__(&self) -> usize {
        self.batch.num_rows()
    }

    fn __repr__(&self) -> String {
        format!("<Refusals: {} rows>", self.batch.num_rows())
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        stream::capsule(py, self.batch.clone())
    }
}
