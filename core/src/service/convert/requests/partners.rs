//! What is asked about links of partners and one-time codes.

use super::super::fields::{self, Edge, FieldError, text};
use crate::ledger::link::{LinkScope, LinkScopes, PARTNER_ALIAS};
use crate::ledger::rejection::{Code, Rejection};
use crate::ledger::request::{Command, IssueOneTimeCode, LinkMember, Text, UnlinkMember};
use crate::service::wire;

pub fn link<'r>(
    request: &'r wire::LinkMemberRequest,
    edge: Edge<'r>,
) -> Result<Command<'r>, FieldError> {
    let partner = partner(&request.partner, edge)?;
    let kind = format!("{PARTNER_ALIAS}{partner}");
    let alias = edge.ledger.alias(&kind, &request.partner_member);
    Ok(Command::LinkMember(Box::new(LinkMember {
        member: fields::required_member("member", request.member.as_ref(), edge)?,
        partner,
        alias: alias.map_err(|rejection| FieldError::of("partner_member", rejection))?,
        scopes: scopes(&request.scopes)?,
        daily_points: request.daily_points,
        consent: text(&request.consent),
        starts_at: fields::optional_instant("starts_time", request.starts_time.as_ref())?,
        ends_at: fields::optional_instant("ends_time", request.ends_time.as_ref())?,
    })))
}

pub fn unlink<'r>(
    request: &'r wire::UnlinkMemberRequest,
    edge: Edge<'r>,
) -> Result<Command<'r>, FieldError> {
    Ok(Command::UnlinkMember(UnlinkMember {
        member: fields::required_member("member", request.member.as_ref(), edge)?,
        partner: partner(&request.partner, edge)?,
        reason: text(&request.reason),
    }))
}

/// The key makes the code, so that a repetition asks for the same.
pub fn issue<'r>(
    request: &'r wire::IssueOneTimeCodeRequest,
    edge: Edge<'r>,
) -> Result<Command<'r>, FieldError> {
    let ttl = request.ttl.as_ref().map(|ttl| fields::micros("ttl", ttl));
    Ok(Command::IssueOneTimeCode(IssueOneTimeCode {
        member: fields::required_member("member", request.member.as_ref(), edge)?,
        alias: edge.ledger.one_time_code(edge.caller, &request.key).alias,
        partner: text(&request.partner),
        points: request.points,
        ttl_micros: ttl.transpose()?,
    }))
}

/// The partner that is named, else the one that calls.
pub fn partner<'r>(named: &'r str, edge: Edge<'r>) -> Result<Text<'r>, FieldError> {
    match (named, edge.partner) {
        ("", "") => {
            let message = "is missing; name the partner by its id";
            let rejection = Rejection::new(Code::InvalidId, message);
            Err(FieldError::of("partner", rejection))
        }
        ("", calling) => Ok(text(calling)),
        (named, _) => Ok(text(named)),
    }
}

fn scopes(given: &[i32]) -> Result<LinkScopes, FieldError> {
    let mut scopes = LinkScopes::NONE;
    for (place, number) in given.iter().enumerate() {
        let path = format!("scopes[{place}]");
        let scope = match wire::LinkScope::try_from(*number) {
            Ok(wire::LinkScope::Earn) => LinkScope::Earn,
            Ok(wire::LinkScope::Redeem) => LinkScope::Redeem,
            Ok(wire::LinkScope::Balance) => LinkScope::Balance,
            Ok(wire::LinkScope::Unspecified) | Err(_) => {
                return Err(fields::unknown_number(&path, *number));
            }
        };
        if scopes.has(scope) {
            return Err(FieldError::new(&path, "stands there twice"));
        }
        scopes = scopes.with(scope);
    }
    Ok(scopes)
}
