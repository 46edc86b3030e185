//! Whole tables of requests.

use std::sync::Arc;

use loyalty_ledger::table::{Mixed, OneVerb, Rules, Verb};
use pyo3::prelude::*;

use crate::answers::Answers;
use crate::batch;
use crate::errors;
use crate::ledger::Ledger;
use crate::stream;

#[pymethods]
impl Ledger {
    fn enroll_batch(&self, py: Python<'_>, table: &Bound<'_, PyAny>) -> PyResult<Answers> {
        self.batch(py, table, Verb::Enroll, false)
    }

    fn purchase_batch(
        &self,
        py: Python<'_>,
        table: &Bound<'_, PyAny>,
        create_members: bool,
    ) -> PyResult<Answers> {
        self.batch(py, table, Verb::Purchase, create_members)
    }

    fn accrue_batch(
        &self,
        py: Python<'_>,
        table: &Bound<'_, PyAny>,
        create_members: bool,
    ) -> PyResult<Answers> {
        self.batch(py, table, Verb::Accrue, create_members)
    }

    fn redeem_batch(&self, py: Python<'_>, table: &Bound<'_, PyAny>) -> PyResult<Answers> {
        self.batch(py, table, Verb::Redeem, false)
    }

    fn post_batch(&self, py: Python<'_>, table: &Bound<'_, PyAny>) -> PyResult<Answers> {
        let table = self.mixed(py, table, false)?;
        batch::submit(py, &self.engine, Arc::new(table))
    }

    /// All rows or none.
    fn post_whole(&self, py: Python<'_>, table: &Bound<'_, PyAny>, key: &str) -> PyResult<Answers> {
        let table = self.mixed(py, table, true)?;
        batch::submit_whole(py, &self.engine, Arc::new(table), key)
    }
}

impl Ledger {
    /// Reads and checks the whole table, then submits it.
    fn batch(
        &self,
        py: Python<'_>,
        table: &Bound<'_, PyAny>,
        verb: Verb,
        create_members: bool,
    ) -> PyResult<Answers> {
        let reader = stream::reader(table)?;
        let rules = self.rules();
        let read = py.detach(|| OneVerb::read(reader, verb, create_members, &rules));
        let table = read.map_err(|bad| errors::bad_table(py, &bad))?;
        batch::submit(py, &self.engine, Arc::new(table))
    }

    /// Reads and checks a table of mixed verbs.
    fn mixed(&self, py: Python<'_>, table: &Bound<'_, PyAny>, is_whole: bool) -> PyResult<Mixed> {
        let reader = stream::reader(table)?;
        let rules = self.rules();
        let read = py.detach(|| Mixed::read(reader, is_whole, &rules));
        read.map_err(|bad| errors::bad_table(py, &bad))
    }
    fn rules(&self) -> Rules<'_> {
        Rules {
            ledger: &self.engine,
            caller: "",
            money: self.money_bytes(),
            manual: self.manual,
        }
    }
}
