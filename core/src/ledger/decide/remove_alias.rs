//! remove_alias: a member is no longer found by it; its history stays.

use super::super::entry::Fact;
use super::super::rejection::{Code, Rejection};
use super::super::request::{Alias, ChangeAlias};
use super::case::{Case, Verdict};

pub fn decide<'a>(case: &mut Case<'_>, change: &ChangeAlias<'a>) -> Result<Verdict<'a>, Rejection> {
    let member = case.member(&change.member)?;
    check_held(case, member, &change.alias)?;
    let mut verdict = case.shown(member);
    verdict.facts.push(Fact::AliasRemoved {
        member,
        alias: change.alias.clone(),
    });
    Ok(verdict)
}

/// Whether the member holds the alias.
pub fn check_held(case: &Case<'_>, member: u32, alias: &Alias<'_>) -> Result<(), Rejection> {
    let held = case.state.objects.member(member).aliases().iter();
    let mut held = held.filter(|held| held.is(alias) && held.is_held());
    match held.next() {
        Some(_) => Ok(()),
        None => Err(Rejection::plain(Code::AliasUnknown)),
    }
}
