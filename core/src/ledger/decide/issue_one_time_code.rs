//! issue_one_time_code: a member gets a code that names it once, for a short while.

use super::super::bounds::CODE_MICROS;
use super::super::codes::OneTimeCode;
use super::super::entry::Fact;
use super::super::rejection::{Code, Rejection};
use super::super::request::IssueOneTimeCode;
use super::super::time::Instant;
use super::case::{Case, Verdict};

pub fn decide<'a>(
    case: &mut Case<'_>,
    issue: &IssueOneTimeCode<'a>,
) -> Result<Verdict<'a>, Rejection> {
    if case.on_behalf.is_some() {
        let message = "a member gets its codes from the program, not from a partner";
        return Err(Rejection::new(Code::ScopeMissing, message));
    }
    let member = case.open_member(&issue.member)?;
    let known = case.state.objects.codes.find(&issue.alias.hash);
    if known.is_some_and(|code| case.now < code.expires_at) {
        return Err(Rejection::new(
            Code::AliasInUse,
            "this code is in use; issue another under a new key",
        ));
    }
    let ttl = issue.ttl_micros.unwrap_or(CODE_MICROS);
    let mut verdict = case.shown(member);
    verdict.facts.push(Fact::CodeIssued {
        hash: issue.alias.hash,
        code: Box::new(OneTimeCode {
            member,
            partner: Box::from(issue.partner.as_ref()),
            points: issue.points.unwrap_or(0),
            expires_at: Instant(case.now.0.saturating_add(ttl)),
        }),
    });
    Ok(verdict)
}
