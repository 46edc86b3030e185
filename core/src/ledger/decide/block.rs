//! block: a member earns, but does not spend, until it is unblocked.

use super::super::entry::Fact;
use super::super::members::Status;
use super::super::rejection::Rejection;
use super::super::request::ManageMember;
use super::case::{Case, Verdict};

pub fn decide<'a>(
    case: &mut Case<'_>,
    manage: &ManageMember<'a>,
) -> Result<Verdict<'a>, Rejection> {
    change_status(case, manage, Status::Blocked)
}

/// Gives a member that has not left a status; one that has it already keeps it.
pub fn change_status<'a>(
    case: &Case<'_>,
    manage: &ManageMember<'a>,
    status: Status,
) -> Result<Verdict<'a>, Rejection> {
    let member = case.open_member(&manage.member)?;
    let mut verdict = case.shown(member);
    if case.status(member) != status {
        verdict.facts.push(Fact::StatusChanged { member, status });
    }
    Ok(verdict)
}
