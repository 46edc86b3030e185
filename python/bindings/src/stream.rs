//! Tables in and out by the Arrow C stream interface.

use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_array::{RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow_schema::ArrowError;
use loyalty_ledger::table::TableError;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::errors::bad_table;

const STREAM: &std::ffi::CStr = c"arrow_array_stream";

/// Takes the stream of record batches out of anything that has one.
pub fn reader(table: &Bound<'_, PyAny>) -> PyResult<RecordBatchStreamReader> {
    let kind = table.get_type().name()?.to_string();
    if kind == "Series" {
        let message = "a Series is one column; pass a DataFrame with all columns of the verb";
        return Err(PyTypeError::new_err(message));
    }
    if !table.hasattr("__arrow_c_stream__")? {
        return Err(PyTypeError::new_err(no_table(&kind)));
    }
    let capsule = table.call_method0("__arrow_c_stream__")?;
    let capsule = capsule.cast::<PyCapsule>()?;
    let pointer = capsule.pointer_checked(Some(STREAM))?;
    // SAFETY: a capsule of this name points to a stream; `from_raw` moves it out and leaves a released one behind.
    let stream = unsafe { FFI_ArrowArrayStream::from_raw(pointer.cast().as_ptr()) };
    RecordBatchStreamReader::try_new(stream)
        .map_err(|error| bad_table(table.py(), &not_a_table(&error)))
}

fn no_table(kind: &str) -> String {
    match kind {
        "LazyFrame" => "a LazyFrame has no rows yet; pass frame.collect()".to_string(),
        _ => format!(
            "a {kind} is no Arrow table; pass a polars or pandas DataFrame, a pyarrow Table, a DuckDB relation or \
             anything else with __arrow_c_stream__"
        ),
    }
}

fn not_a_table(error: &ArrowError) -> TableError {
    TableError::whole(format!(
        "no table of columns came out of the object ({error}); pass a table, not a single column"
    ))
}

/// Record batches as a capsule that any Arrow library reads.
pub fn capsule(py: Python<'_>, batch: RecordBatch) -> PyResult<Bound<'_, PyCapsule>> {
    let schema = batch.schema();
    let batches = RecordBatchIterator::new([Ok(batch)], schema);
    let reader: Box<dyn RecordBatchReader + Send> = Box::new(batches);
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(reader), STREAM)
}
