//! add_alias: another way to find a member.

use super::super::bounds::MEMBER_ALIASES;
use super::super::entry::Fact;
use super::super::rejection::{Code, Rejection};
use super::super::request::ChangeAlias;
use super::case::{Case, Verdict};
use super::enroll::check_free;

pub fn decide<'a>(case: &mut Case<'_>, change: &ChangeAlias<'a>) -> Result<Verdict<'a>, Rejection> {
    let member = case.open_member(&change.member)?;
    check_free(case, &change.alias)?;
    check_room(case, member)?;
    let mut verdict = case.shown(member);
    verdict.facts.push(Fact::AliasAdded {
        member,
        alias: change.alias.clone(),
    });
    Ok(verdict)
}

/// Whether the member can have one more alias.
pub fn check_room(case: &Case<'_>, member: u32) -> Result<(), Rejection> {
    if case.state.objects.member(member).aliases().len() >= MEMBER_ALIASES {
        return Err(Rejection::new(
            Code::InvalidId,
            format!("a member has at most {MEMBER_ALIASES} aliases, ever"),
        ));
    }
    Ok(())
}
