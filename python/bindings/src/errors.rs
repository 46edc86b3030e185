//! What the engine says no with, as exceptions of `loyalty_ledger.errors`.

use loyalty_ledger::engine::{Failure, OpenError};
use loyalty_ledger::ledger::rejection::Rejection;
use loyalty_ledger::table::TableError;
use pyo3::call::PyCallArgs;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

/// The exception of a failure's code; `done` is what of a batch was done before it.
pub fn failed(py: Python<'_>, failure: &Failure, done: Option<usize>) -> PyErr {
    match failure {
        Failure::Rejected(rejection) => rejected(py, rejection),
        Failure::System { code, message } => {
            let details = PyDict::new(py);
            let told = done.map_or(Ok(()), |rows| details.set_item("rows_done", rows));
            match told {
                Ok(()) => call(failure_of(py), (code.name(), message.as_str(), details)),
                Err(error) => error,
            }
        }
    }
}

pub fn rejected(py: Python<'_>, rejection: &Rejection) -> PyErr {
    let details = PyDict::new(py);
    let told = rejection
        .entry
        .map_or(Ok(()), |entry| details.set_item("entry", entry));
    match told {
        Ok(()) => {
            let (code, message) = (rejection.code.name(), rejection.message.as_str());
            call(failure_of(py), (code, message, details))
        }
        Err(error) => error,
    }
}

pub fn not_opened(py: Python<'_>, error: &OpenError) -> PyErr {
    let code = error.code().map(|code| code.name());
    call(failure_of(py), (code, error.to_string(), PyDict::new(py)))
}

pub fn bad_table(py: Python<'_>, bad: &TableError) -> PyErr {
    static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let column = Some(bad.column.as_str()).filter(|column| !column.is_empty());
    let make = MAKE.import(py, "loyalty_ledger.errors", "table_error");
    call(make, (column, bad.row, bad.message.as_str()))
}

fn failure_of<'py>(py: Python<'py>) -> PyResult<&'py Bound<'py, PyAny>> {
    static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    MAKE.import(py, "loyalty_ledger.errors", "failure")
}

fn call<'py>(make: PyResult<&Bound<'py, PyAny>>, arguments: impl PyCallArgs<'py>) -> PyErr {
    match make.and_then(|make| make.call1(arguments)) {
        Ok(exception) => PyErr::from_value(exception),
        Err(error) => error,
    }
}
