//! The manual clock.

use loyalty_ledger::engine;
use loyalty_ledger::ledger::time::Instant;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// A clock that stands still until it is moved. Times are microseconds since 1970.
#[pyclass(module = "loyalty_ledger._core", frozen)]
pub struct ManualClock(pub engine::ManualClock);

#[pymethods]
impl ManualClock {
    #[new]
    fn new(start: i64) -> ManualClock {
        ManualClock(engine::ManualClock::new(Instant(start)))
    }

    fn advance_to(&self, to: i64) -> PyResult<()> {
        let moved = self.0.advance_to(Instant(to));
        moved.map_err(|error| PyValueError::new_err(error.to_string()))
    }

    fn now(&self) -> i64 {
        self.0.now().0
    }
}
