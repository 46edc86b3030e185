//! replace_alias: a lost card gives way to a new one, and nobody gets it again.

use super::super::entry::Fact;
use super::super::rejection::Rejection;
use super::super::request::ReplaceAlias;
use super::add_alias::check_room;
use super::case::{Case, Verdict};
use super::enroll::check_free;
use super::remove_alias::check_held;

pub fn decide<'a>(
    case: &mut Case<'_>,
    replace: &ReplaceAlias<'a>,
) -> Result<Verdict<'a>, Rejection> {
    let member = case.open_member(&replace.member)?;
    check_held(case, member, &replace.old)?;
    check_free(case, &replace.new)?;
    check_room(case, member)?;
    let mut verdict = case.shown(member);
    verdict.facts.push(Fact::AliasLost {
        member,
        alias: replace.old.clone(),
    });
    verdict.facts.push(Fact::AliasAdded {
        member,
        alias: replace.new.clone(),
    });
    Ok(verdict)
}
