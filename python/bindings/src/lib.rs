//! The module `loyalty_ledger._core`: translation between Python and the engine, nothing else.

mod answers;
mod attempt;
mod batch;
mod clock;
mod errors;
mod ledger;
mod posting;
mod reads;
mod results;
mod server;
mod stream;
mod till_reads;
mod tokens;
mod values;
mod verbs;

#[pyo3::pymodule]
mod _core {
    #[pymodule_export]
    use crate::answers::{Answers, Refusals};
    #[pymodule_export]
    use crate::clock::ManualClock;
    #[pymodule_export]
    use crate::ledger::{Ledger, restore};
    #[pymodule_export]
    use crate::posting::Posting;
    #[pymodule_export]
    use crate::server::{Server, log_to_stderr};
    #[pymodule_export]
    use crate::tokens::new_token;
    #[pymodule_export]
    use crate::values::minor_digits;

    use loyalty_ledger::ledger::rejection::CODES;
    use pyo3::prelude::*;
    use pyo3::types::PyTuple;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        let rows = CODES.iter().map(|row| {
            let class = row.class;
            (
                row.number,
                row.name,
                class.name(),
                row.meaning,
                row.example,
                class.retryable(),
            )
        });
        let rows: Vec<_> = rows.collect();
        module.add("CODES", PyTuple::new(module.py(), rows)?)
    }
}
