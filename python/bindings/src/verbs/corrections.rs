//! What is done by hand, with a reason and who did it.

use loyalty_ledger::ledger::lot::LotId;
use loyalty_ledger::ledger::request::{
    Activate, Adjust, Command, ExtendHold, ExtendLot, ForgiveDebt, Reinstate, Text,
};
use loyalty_ledger::ledger::time::Instant;
use pyo3::prelude::*;

use crate::attempt::Attempt;
use crate::ledger::Ledger;
use crate::results::Answer;
use crate::values::{Member, Named};

#[pymethods]
impl Ledger {
    /// `expires_at` is 2^63 - 1 for never.
    #[pyo3(signature = (member, points, *, reason, actor, expires_at, overdraw, wallet, attempt))]
    #[expect(clippy::too_many_arguments, reason = "the verb's own")]
    fn adjust(
        &self,
        py: Python<'_>,
        member: Member,
        points: i64,
        reason: &str,
        actor: &str,
        expires_at: Option<i64>,
        overdraw: bool,
        wallet: &str,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let adjust = Adjust {
            member: self.name(py, &member)?,
            wallet: Text::Borrowed(wallet),
            points,
            reason: Text::Borrowed(reason),
            actor: Text::Borrowed(actor),
            expires_at: expires_at.map(Instant),
            overdraw,
        };
        self.submit(py, &attempt, Command::Adjust(adjust))
    }

    /// `expires_at` is 2^63 - 1 for never.
    #[pyo3(signature = (member, points, *, lot, expires_at, reason, actor, wallet, attempt))]
    #[expect(clippy::too_many_arguments, reason = "the verb's own")]
    fn reinstate(
        &self,
        py: Python<'_>,
        member: Member,
        points: Option<i64>,
        lot: u64,
        expires_at: Option<i64>,
        reason: &str,
        actor: &str,
        wallet: &str,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let reinstate = Reinstate {
            member: self.name(py, &member)?,
            wallet: Text::Borrowed(wallet),
            lot: LotId(lot),
            points,
            expires_at: expires_at.map(Instant),
            reason: Text::Borrowed(reason),
            actor: Text::Borrowed(actor),
        };
        self.submit(py, &attempt, Command::Reinstate(reinstate))
    }

    /// `expires_at` is 2^63 - 1 for never.
    #[pyo3(signature = (member, *, lot, expires_at, reason, actor, wallet, attempt))]
    #[expect(clippy::too_many_arguments, reason = "the verb's own")]
    fn extend_lot(
        &self,
        py: Python<'_>,
        member: Member,
        lot: u64,
        expires_at: i64,
        reason: &str,
        actor: &str,
        wallet: &str,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let extend = ExtendLot {
            member: self.name(py, &member)?,
            wallet: Text::Borrowed(wallet),
            lot: LotId(lot),
            expires_at: Instant(expires_at),
            reason: Text::Borrowed(reason),
            actor: Text::Borrowed(actor),
        };
        self.submit(py, &attempt, Command::ExtendLot(extend))
    }

    #[pyo3(signature = (authorization, *, ttl_micros, attempt))]
    fn extend_hold(
        &self,
        py: Python<'_>,
        authorization: Named,
        ttl_micros: i64,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let extend = ExtendHold {
            authorization: authorization.into(),
            ttl_micros,
        };
        self.submit(py, &attempt, Command::ExtendHold(extend))
    }

    #[pyo3(signature = (member, points, *, reason, actor, wallet, attempt))]
    #[expect(clippy::too_many_arguments, reason = "the verb's own")]
    fn forgive_debt(
        &self,
        py: Python<'_>,
        member: Member,
        points: Option<i64>,
        reason: &str,
        actor: &str,
        wallet: &str,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let forgive = ForgiveDebt {
            member: self.name(py, &member)?,
            wallet: Text::Borrowed(wallet),
            points,
            reason: Text::Borrowed(reason),
            actor: Text::Borrowed(actor),
        };
        self.submit(py, &attempt, Command::ForgiveDebt(forgive))
    }

    #[pyo3(signature = (original, *, member, attempt))]
    fn activate(
        &self,
        py: Python<'_>,
        original: Named,
        member: Option<Member>,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let activate = Activate {
            original: original.into(),
            member: self.optional_name(py, member.as_ref())?,
        };
        self.submit(py, &attempt, Command::Activate(activate))
    }
}
