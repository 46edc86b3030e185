//! What happens to members and their aliases.

use loyalty_ledger::ledger::request::{Alias, ChangeAlias, Command, Enroll, Text};
use pyo3::prelude::*;

use crate::attempt::Attempt;
use crate::errors;
use crate::ledger::Ledger;
use crate::results::Answer;
use crate::values::member_id;

#[pymethods]
impl Ledger {
    #[pyo3(signature = (member, aliases, *, attempt))]
    fn enroll(
        &self,
        py: Python<'_>,
        member: &str,
        aliases: Vec<(String, String)>,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let hashed = aliases
            .iter()
            .map(|(kind, value)| self.alias(py, kind, value));
        let enroll = Enroll {
            member: Text::Borrowed(member),
            aliases: hashed.collect::<PyResult<_>>()?,
        };
        self.submit(py, &attempt, Command::Enroll(enroll))
    }

    #[pyo3(signature = (member, kind, value, *, attempt))]
    fn add_alias(
        &self,
        py: Python<'_>,
        member: &str,
        kind: &str,
        value: &str,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let change = self.change(py, member, kind, value)?;
        self.submit(py, &attempt, Command::AddAlias(change))
    }

    #[pyo3(signature = (member, kind, value, *, attempt))]
    fn remove_alias(
        &self,
        py: Python<'_>,
        member: &str,
        kind: &str,
        value: &str,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let change = self.change(py, member, kind, value)?;
        self.submit(py, &attempt, Command::RemoveAlias(change))
    }
}

impl Ledger {
    fn alias(&self, py: Python<'_>, kind: &str, value: &str) -> PyResult<Alias<'static>> {
        let alias = self.engine.alias(kind, value);
        alias.map_err(|rejection| errors::rejected(py, &rejection))
    }

    fn change<'m>(
        &self,
        py: Python<'_>,
        member: &'m str,
        kind: &str,
        value: &str,
    ) -> PyResult<ChangeAlias<'m>> {
        Ok(ChangeAlias {
            member: member_id(member),
            alias: self.alias(py, kind, value)?,
        })
    }
}
