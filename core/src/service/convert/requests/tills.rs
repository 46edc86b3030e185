//! What tills ask about holds and returns.

use super::super::fields::{self, Edge, FieldError};
use crate::ledger::program::{Restore, Shortfall};
use crate::ledger::request::{
    Authorize, Capture, Command, ExtendHold, Part, ReturnedLine, Reverse, Void,
};
use crate::service::wire;

pub fn authorize<'r>(
    request: &'r wire::AuthorizeRedemptionRequest,
    edge: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    let ttl = request.ttl.as_ref();
    Ok(Command::Authorize(Authorize {
        member: fields::required_member("member", request.member.as_ref(), edge)?,
        wallet: fields::wallet(&request.wallet),
        points: request.points,
        ttl_micros: ttl.map(|ttl| fields::micros("ttl", ttl)).transpose()?,
        allow_partial: request.allow_partial,
    }))
}

pub fn capture<'r>(
    request: &'r wire::CaptureRedemptionRequest,
    _: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    Ok(Command::Capture(Capture {
        authorization: fields::reference("authorization", request.authorization.as_ref())?,
        points: request.points,
    }))
}

pub fn void<'r>(
    request: &'r wire::VoidRedemptionRequest,
    _: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    Ok(Command::Void(Void {
        authorization: fields::reference("authorization", request.authorization.as_ref())?,
    }))
}

pub fn extend<'r>(
    request: &'r wire::ExtendAuthorizationRequest,
    _: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    let ttl = request.ttl.as_ref();
    let ttl = ttl.ok_or_else(|| FieldError::missing("ttl"))?;
    Ok(Command::ExtendHold(ExtendHold {
        authorization: fields::reference("authorization", request.authorization.as_ref())?,
        ttl_micros: fields::micros("ttl", ttl)?,
    }))
}

pub fn reverse<'r>(
    request: &'r wire::ReverseTransactionRequest,
    edge: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    Ok(Command::Reverse(Reverse {
        original: fields::reference("original", request.original.as_ref())?,
        part: part(request.part.as_ref())?,
        member: fields::optional_member("member", request.member.as_ref(), edge)?,
        shortfall: shortfall(request.shortfall)?,
        restore: restore(request.restore)?,
        dispute: None,
    }))
}

fn part(asked: Option<&wire::reverse_transaction_request::Part>) -> Result<Part, FieldError> {
    use wire::reverse_transaction_request::Part as Asked;
    Ok(match asked {
        None => Part::Rest,
        Some(Asked::Points(points)) => Part::Points(*points),
        Some(Asked::Amount(amount)) => Part::Money(fields::money("amount", amount)?),
        Some(Asked::Lines(returned)) => {
            let lines = returned.lines.iter().map(|line| ReturnedLine {
                line: line.line,
                quantity: line.quantity,
            });
            Part::Lines(lines.collect())
        }
    })
}

fn shortfall(number: i32) -> Result<Option<Shortfall>, FieldError> {
    let asked = wire::Shortfall::try_from(number);
    let asked = asked.map_err(|_| fields::unknown_number("shortfall", number))?;
    Ok(match asked {
        wire::Shortfall::Unspecified => None,
        wire::Shortfall::Debt => Some(Shortfall::Debt),
        wire::Shortfall::Clamp => Some(Shortfall::Clamp),
        wire::Shortfall::ChargeShortfall => Some(Shortfall::ChargeShortfall),
        wire::Shortfall::Block => Some(Shortfall::Block),
        wire::Shortfall::PendingOnly => Some(Shortfall::PendingOnly),
    })
}

fn restore(number: i32) -> Result<Option<Restore>, FieldError> {
    let asked = wire::Restore::try_from(number);
    let asked = asked.map_err(|_| fields::unknown_number("restore", number))?;
    Ok(match asked {
        wire::Restore::Unspecified => None,
        wire::Restore::Original => Some(Restore::Original),
        wire::Restore::Grace => Some(Restore::Grace),
        wire::Restore::Reissue => Some(Restore::Reissue),
    })
}
