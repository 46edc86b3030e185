//! What happens to members and their aliases.

use loyalty_ledger::ledger::request::{
    ChangeAlias, Command, Enroll, ManageMember, ReplaceAlias, Text, Transfer,
};
use pyo3::prelude::*;

use crate::attempt::Attempt;
use crate::ledger::Ledger;
use crate::results::Answer;
use crate::values::{Member, NamingParts, naming};

#[pymethods]
impl Ledger {
    #[pyo3(signature = (member, aliases, *, referral, attempt))]
    fn enroll(
        &self,
        py: Python<'_>,
        member: &str,
        aliases: Vec<(String, String)>,
        referral: Option<NamingParts>,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let hashed = aliases
            .iter()
            .map(|(kind, value)| self.alias(py, kind, value));
        let enroll = Enroll {
            member: Text::Borrowed(member),
            aliases: hashed.collect::<PyResult<_>>()?,
            referral: referral.as_ref().map(|parts| Box::new(naming(parts))),
        };
        self.submit(py, &attempt, Command::Enroll(enroll))
    }

    #[pyo3(signature = (member, kind, value, *, attempt))]
    fn add_alias(
        &self,
        py: Python<'_>,
        member: Member,
        kind: &str,
        value: &str,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let change = self.change(py, &member, kind, value)?;
        self.submit(py, &attempt, Command::AddAlias(change))
    }

    #[pyo3(signature = (member, kind, value, *, attempt))]
    fn remove_alias(
        &self,
        py: Python<'_>,
        member: Member,
        kind: &str,
        value: &str,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let change = self.change(py, &member, kind, value)?;
        self.submit(py, &attempt, Command::RemoveAlias(change))
    }

    #[pyo3(signature = (member, kind, old, new, *, reason, attempt))]
    #[expect(clippy::too_many_arguments, reason = "the verb's own")]
    fn replace_alias(
        &self,
        py: Python<'_>,
        member: Member,
        kind: &str,
        old: &str,
        new: &str,
        reason: &str,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let replace = ReplaceAlias {
            member: self.name(py, &member)?,
            old: self.alias(py, kind, old)?,
            new: self.alias(py, kind, new)?,
            reason: Text::Borrowed(reason),
        };
        self.submit(py, &attempt, Command::ReplaceAlias(replace))
    }

    #[pyo3(signature = (member, *, reason, actor, attempt))]
    fn block(
        &self,
        py: Python<'_>,
        member: Member,
        reason: &str,
        actor: &str,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let manage = self.manage(py, &member, reason, actor)?;
        self.submit(py, &attempt, Command::Block(manage))
    }

    #[pyo3(signature = (member, *, reason, actor, attempt))]
    fn unblock(
        &self,
        py: Python<'_>,
        member: Member,
        reason: &str,
        actor: &str,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let manage = self.manage(py, &member, reason, actor)?;
        self.submit(py, &attempt, Command::Unblock(manage))
    }

    #[pyo3(signature = (member, *, reason, actor, attempt))]
    fn close_member(
        &self,
        py: Python<'_>,
        member: Member,
        reason: &str,
        actor: &str,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let manage = self.manage(py, &member, reason, actor)?;
        self.submit(py, &attempt, Command::CloseMember(manage))
    }

    #[pyo3(signature = (member, *, reason, actor, attempt))]
    fn erase_member(
        &self,
        py: Python<'_>,
        member: Member,
        reason: &str,
        actor: &str,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let manage = self.manage(py, &member, reason, actor)?;
        self.submit(py, &attempt, Command::EraseMember(manage))
    }

    #[pyo3(signature = (giver, receiver, points, *, wallet, attempt))]
    fn transfer(
        &self,
        py: Python<'_>,
        giver: Member,
        receiver: Member,
        points: i64,
        wallet: &str,
        attempt: Attempt,
    ) -> PyResult<Answer> {
        let transfer = Transfer {
            giver: self.name(py, &giver)?,
            receiver: self.name(py, &receiver)?,
            wallet: Text::Borrowed(wallet),
            points,
        };
        self.submit(py, &attempt, Command::Transfer(transfer))
    }
}

impl Ledger {
    fn manage<'m>(
        &self,
        py: Python<'_>,
        member: &'m Member,
        reason: &'m str,
        actor: &'m str,
    ) -> PyResult<ManageMember<'m>> {
        Ok(ManageMember {
            member: self.name(py, member)?,
            reason: Text::Borrowed(reason),
            actor: Text::Borrowed(actor),
        })
    }

    fn change<'m>(
        &self,
        py: Python<'_>,
        member: &'m Member,
        kind: &str,
        value: &str,
    ) -> PyResult<ChangeAlias<'m>> {
        Ok(ChangeAlias {
            member: self.name(py, member)?,
            alias: self.alias(py, kind, value)?,
        })
    }
}
