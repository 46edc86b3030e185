//! Bearer tokens for callers of a server.

use loyalty_ledger::service::principals::{self, NoToken};
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;

/// A new token and its hash.
#[pyfunction]
pub fn new_token(id: &str) -> PyResult<(String, String)> {
    match principals::new_token(id) {
        Ok(made) => Ok((made.token, made.hash)),
        Err(NoToken::Id(message)) => Err(PyValueError::new_err(message)),
        Err(error @ NoToken::System(_)) => Err(PyOSError::new_err(error.to_string())),
    }
}
