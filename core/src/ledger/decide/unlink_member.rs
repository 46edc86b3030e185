//! unlink_member: a partner no longer sees a member.

use super::super::entry::Fact;
use super::super::rejection::{Code, Rejection};
use super::super::request::UnlinkMember;
use super::case::{Case, Verdict};
use super::link_member::{check_speaks_for, held_alias};

pub fn decide<'a>(
    case: &mut Case<'_>,
    unlink: &UnlinkMember<'a>,
) -> Result<Verdict<'a>, Rejection> {
    check_speaks_for(case, &unlink.partner)?;
    let member = case.member(&unlink.member)?;
    if case
        .state
        .objects
        .member(member)
        .link(&unlink.partner)
        .is_none()
    {
        return Err(Rejection::plain(Code::LinkNotFound));
    }
    let mut verdict = case.shown(member);
    let alias = held_alias(case.state, member, &unlink.partner);
    verdict
        .facts
        .extend(alias.map(|alias| Fact::AliasRemoved { member, alias }));
    verdict.facts.push(Fact::Unlinked {
        member,
        partner: unlink.partner.clone(),
    });
    Ok(verdict)
}
