//! erase_member: a member leaves, if it has not, and nothing finds it any more but its id.

use super::super::entry::Fact;
use super::super::members::Status;
use super::super::rejection::{Code, Rejection};
use super::super::request::ManageMember;
use super::super::state::State;
use super::case::{Case, Verdict};
use super::close_member::leave;

pub fn decide<'a>(
    case: &mut Case<'_>,
    manage: &ManageMember<'a>,
) -> Result<Verdict<'a>, Rejection> {
    let member = case.member(&manage.member)?;
    let mut verdict = match case.status(member) {
        Status::Erased => return Err(Rejection::plain(Code::MemberClosed)),
        Status::Closed => case.shown(member),
        Status::Active | Status::Blocked => leave(case, member)?,
    };
    if verdict.code == Code::Applied {
        verdict.facts.extend(given_up(case.state, member));
    }
    Ok(verdict)
}

/// What an erasure takes from a member beside its points: every alias and every link, and its status.
fn given_up<'a>(state: &State, member: u32) -> Vec<Fact<'a>> {
    let known = state.objects.member(member);
    let held = known.aliases().iter();
    let aliases = held.filter(|held| held.is_held());
    let aliases = aliases.map(|held| Fact::AliasRemoved {
        member,
        alias: held.to_alias(),
    });
    let links = known.links().iter().map(|link| Fact::Unlinked {
        member,
        partner: link.partner.to_string().into(),
    });
    let status = Fact::StatusChanged {
        member,
        status: Status::Erased,
    };
    aliases.chain(links).chain([status]).collect()
}
