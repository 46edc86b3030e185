//! What is done by hand, with a reason and who did it.

use loyalty_ledger::ledger::request::{Adjust, Command, Text};
use loyalty_ledger::ledger::time::Instant;
use pyo3::prelude::*;

use crate::attempt::Attempt;
use crate::ledger::Ledger;
use crate::results::Answer;
use crate::values::member_id;

#[pymethods]
impl Ledger {
    /// `expires_at` is 2^63 - 1 for never.
    #[pyo3(signature = (member, points, *, reason, actor, expires_at, overdraw, wallet, attempt))]
    #[expect(clippy::too_many_arguments, reason = "the verb's own")]
    fn adjust(
        &self,
        py: Python<'_>,
        member: &str,
        points: i64,
        reason: &str,
        actor: &str,
        expires_at: Option<i64>,
        overdraw: bool,
        wallet: &str,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let adjust = Adjust {
            member: member_id(member),
            wallet: Text::Borrowed(wallet),
            points,
            reason: Text::Borrowed(reason),
            actor: Text::Borrowed(actor),
            expires_at: expires_at.map(Instant),
            overdraw,
        };
        self.submit(py, &attempt, Command::Adjust(adjust))
    }
}
