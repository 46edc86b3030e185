//! remove_alias: a member is no longer found by it; its history stays.

use super::super::entry::Fact;
use super::super::rejection::{Code, Rejection};
use super::super::request::ChangeAlias;
use super::case::{Case, Verdict};

pub fn decide<'a>(case: &mut Case<'_>, change: &ChangeAlias<'a>) -> Result<Verdict<'a>, Rejection> {
    let member = case.member(&change.member)?;
    if case.state.find_alias(&change.alias) != Some(member) {
        return Err(Rejection::plain(Code::AliasUnknown));
    }
    let mut verdict = Verdict::default();
    verdict.facts.push(Fact::AliasRemoved {
        member,
        alias: change.alias.clone(),
    });
    Ok(verdict)
}
