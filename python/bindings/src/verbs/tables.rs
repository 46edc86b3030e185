//! Whole tables of requests.

use std::sync::Arc;

use pyo3::prelude::*;

use crate::answers::Answers;
use crate::batch;
use crate::errors;
use crate::ledger::Ledger;
use crate::mixed::{self, Mixed};
use crate::stream;
use crate::table::{Rules, Table, Verb};

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
        let recorded = match self.manual {
            true => Ok(()),
            false => Err("is for ledgers on a manual clock; on the system clock use occurred_at"),
        };
        let table = self.mixed(py, table, recorded, false)?;
        batch::submit(py, &self.engine, Arc::new(table))
    }

    /// All rows or none.
    fn post_whole(&self, py: Python<'_>, table: &Bound<'_, PyAny>, key: &str) -> PyResult<Answers> {
        let recorded =
            Err("is for rows of their own; all of an all_or_nothing batch is recorded at once");
        let table = self.mixed(py, table, recorded, true)?;
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
        let alias = |kind: &str, value: &str| self.engine.alias(kind, value);
        let rules = Rules {
            verb,
            create_members,
            money: self.money_bytes(),
            manual: self.manual,
            alias: &alias,
        };
        let read = py.detach(|| Table::read(reader, &rules));
        let table = read.map_err(|bad| errors::bad_table(py, &bad))?;
        batch::submit(py, &self.engine, Arc::new(table))
    }

    /// Reads and checks a table of mixed verbs.
    fn mixed(
        &self,
        py: Python<'_>,
        table: &Bound<'_, PyAny>,
        recorded: Result<(), &'static str>,
        is_whole: bool,
    ) -> PyResult<Mixed> {
        let reader = stream::reader(table)?;
        let alias = |kind: &str, value: &str| self.engine.alias(kind, value);
        let rules = mixed::Rules::new(self.money_bytes(), recorded, is_whole, &alias);
        let read = py.detach(|| Mixed::read(reader, &rules));
        read.map_err(|bad| errors::bad_table(py, &bad))
    }
}
