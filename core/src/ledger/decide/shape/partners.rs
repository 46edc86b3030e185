//! The shape of links and one-time codes.

use super::super::super::bounds::{CODE_MICROS, ID_BYTES};
use super::super::super::link::{LinkScopes, PARTNER_ALIAS};
use super::super::super::rejection::{Code, Rejection};
use super::super::super::request::{Command, IssueOneTimeCode, LinkMember, UnlinkMember};
use super::details::check_partner;
use super::*;

pub fn check(command: &Command<'_>) -> Result<(), Rejection> {
    match command {
        Command::LinkMember(link) => check_link(link),
        Command::UnlinkMember(unlink) => check_unlink(unlink),
        Command::IssueOneTimeCode(issue) => check_issue(issue),
        _ => Ok(()),
    }
}

fn check_link(link: &LinkMember<'_>) -> Result<(), Rejection> {
    check_member(&link.member)?;
    check_partner(&link.partner)?;
    if link.alias.kind.strip_prefix(PARTNER_ALIAS) != Some(&link.partner) {
        let message =
            format!("the alias of a link is of the kind {PARTNER_ALIAS}<the partner's id>");
        return Err(Rejection::new(Code::InvalidId, message));
    }
    if link.scopes == LinkScopes::NONE {
        return Err(invalid(
            "scopes name none of earn, redeem and balance; name what the partner may do",
        ));
    }
    if !(1..=ID_BYTES).contains(&link.consent.len()) {
        return Err(invalid(
            "consent is empty or longer than 64 bytes; name where the member's consent is kept",
        ));
    }
    link.daily_points.map_or(Ok(()), check_points)?;
    for (instant, what) in [(link.starts_at, "starts_at"), (link.ends_at, "ends_at")] {
        instant.map_or(Ok(()), |instant| check_instant(instant, what))?;
    }
    match (link.starts_at, link.ends_at) {
        (Some(starts_at), Some(ends_at)) if ends_at <= starts_at => Err(invalid(
            "ends_at is not after starts_at; give a later one, or none",
        )),
        _ => Ok(()),
    }
}

fn check_unlink(unlink: &UnlinkMember<'_>) -> Result<(), Rejection> {
    check_member(&unlink.member)?;
    check_partner(&unlink.partner)?;
    if unlink.reason.len() > ID_BYTES {
        return Err(Rejection::plain(Code::ReasonMissing));
    }
    Ok(())
}

fn check_issue(issue: &IssueOneTimeCode<'_>) -> Result<(), Rejection> {
    check_member(&issue.member)?;
    if issue.alias.kind != ONE_TIME {
        let message = format!("a code is an alias of the kind {ONE_TIME}");
        return Err(Rejection::new(Code::InvalidId, message));
    }
    if !issue.partner.is_empty() {
        check_partner(&issue.partner)?;
    }
    issue.points.map_or(Ok(()), check_points)?;
    match issue.ttl_micros {
        Some(ttl) if !(1..=CODE_MICROS).contains(&ttl) => Err(Rejection::new(
            Code::InvalidTtl,
            "a one-time code lives longer than zero and at most 10 minutes",
        )),
        _ => Ok(()),
    }
}

fn invalid(message: &str) -> Rejection {
    Rejection::new(Code::FieldInvalid, message)
}
