//! What is asked about members and their aliases.

use super::super::fields::{self, Edge, FieldError, text};
use super::referrals;
use crate::ledger::bounds::MEMBER_ALIASES;
use crate::ledger::request::{
    Alias, ChangeAlias, Command, Enroll, Joining, ManageMember, MemberName, ReplaceAlias,
};
use crate::service::wire;

pub fn enroll<'r>(
    request: &'r wire::EnrollMemberRequest,
    edge: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    Ok(Command::Enroll(Enroll {
        member: fields::id("member", &request.member)?,
        aliases: aliases(&request.aliases, edge)?,
        referral: referrals::naming(request.referral.as_ref())?,
    }))
}

fn aliases(given: &[wire::Alias], edge: Edge<'_>) -> Result<Vec<Alias<'static>>, FieldError> {
    if given.len() > MEMBER_ALIASES {
        let message = format!(
            "{} of them; a member has at most {MEMBER_ALIASES}",
            given.len()
        );
        return Err(FieldError::new("aliases", message));
    }
    let places = given.iter().enumerate();
    places
        .map(|(place, alias)| {
            let hashed = edge.ledger.alias(&alias.kind, &alias.value);
            hashed.map_err(|rejection| FieldError::of(&format!("aliases[{place}]"), rejection))
        })
        .collect()
}

/// Whether a member who is named is made, and who is made with id and aliases of its own.
pub fn enrolling<'r>(
    given: Option<&'r wire::Joining>,
    edge: Edge<'_>,
) -> Result<(bool, Option<Joining<'r>>), FieldError> {
    let Some(given) = given else {
        return Ok((false, None));
    };
    if given.id.is_none() && given.aliases.is_empty() {
        return Ok((true, None));
    }
    let id = given.id.as_deref().map(|id| fields::id("id", id));
    let joining = Joining {
        id: id.transpose().map_err(|error| error.within("enroll"))?,
        aliases: aliases(&given.aliases, edge).map_err(|error| error.within("enroll"))?,
    };
    Ok((false, Some(joining)))
}

/// The member as named, else as whoever joins is called.
pub fn named_or_joining<'r>(
    given: Option<&'r wire::MemberName>,
    joining: Option<&Joining<'r>>,
    edge: Edge<'_>,
) -> Result<MemberName<'r>, FieldError> {
    let Some(joining) = joining.filter(|_| given.is_none()) else {
        return fields::required_member("member", given, edge);
    };
    Ok(match (&joining.id, joining.aliases.first()) {
        (Some(id), _) => MemberName::Id(id.clone()),
        (None, Some(alias)) => MemberName::Alias(alias.clone()),
        (None, None) => return Err(FieldError::missing("member")),
    })
}

pub fn add_alias<'r>(
    request: &'r wire::AddAliasRequest,
    edge: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    Ok(Command::AddAlias(ChangeAlias {
        member: fields::required_member("member", request.member.as_ref(), edge)?,
        alias: fields::required_alias("alias", request.alias.as_ref(), edge)?,
    }))
}

pub fn remove_alias<'r>(
    request: &'r wire::RemoveAliasRequest,
    edge: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    Ok(Command::RemoveAlias(ChangeAlias {
        member: fields::required_member("member", request.member.as_ref(), edge)?,
        alias: fields::required_alias("alias", request.alias.as_ref(), edge)?,
    }))
}

pub fn replace_alias<'r>(
    request: &'r wire::ReplaceAliasRequest,
    edge: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    Ok(Command::ReplaceAlias(ReplaceAlias {
        member: fields::required_member("member", request.member.as_ref(), edge)?,
        old: fields::required_alias("old", request.old.as_ref(), edge)?,
        new: fields::required_alias("new", request.new.as_ref(), edge)?,
        reason: text(&request.reason),
    }))
}

pub fn block<'r>(
    request: &'r wire::BlockMemberRequest,
    edge: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    Ok(Command::Block(ManageMember {
        member: fields::required_member("member", request.member.as_ref(), edge)?,
        reason: text(&request.reason),
        actor: text(&request.actor),
    }))
}

pub fn unblock<'r>(
    request: &'r wire::UnblockMemberRequest,
    edge: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    Ok(Command::Unblock(ManageMember {
        member: fields::required_member("member", request.member.as_ref(), edge)?,
        reason: text(&request.reason),
        actor: text(&request.actor),
    }))
}

pub fn close<'r>(
    request: &'r wire::CloseMemberRequest,
    edge: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    Ok(Command::CloseMember(ManageMember {
        member: fields::required_member("member", request.member.as_ref(), edge)?,
        reason: text(&request.reason),
        actor: text(&request.actor),
    }))
}

pub fn erase<'r>(
    request: &'r wire::EraseMemberRequest,
    edge: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    Ok(Command::EraseMember(ManageMember {
        member: fields::required_member("member", request.member.as_ref(), edge)?,
        reason: text(&request.reason),
        actor: text(&request.actor),
    }))
}
