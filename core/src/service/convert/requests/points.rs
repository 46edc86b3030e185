//! What is asked about points given, taken, moved and corrected.

use super::super::fields::{self, Edge, FieldError, text};
use super::members;
use crate::ledger::lot::LotId;
use crate::ledger::request::{
    Accrue, Activate, Adjust, Command, ExtendLot, ForgiveDebt, Redeem, Reinstate, Transfer,
};
use crate::ledger::time::Instant;
use crate::service::wire;

pub fn accrue<'r>(
    request: &'r wire::AccruePointsRequest,
    edge: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    let (enroll, joining) = members::enrolling(request.enroll.as_ref(), edge)?;
    let price = request.price.as_ref();
    let activates_time = request.activates_time.as_ref();
    Ok(Command::Accrue(Accrue {
        member: members::named_or_joining(request.member.as_ref(), joining.as_ref(), edge)?,
        wallet: fields::wallet(&request.wallet),
        points: request.points,
        activates_at: fields::optional_instant("activates_time", activates_time)?,
        expires_at: expiry(request.expiry.as_ref())?,
        funder: (!request.funder.is_empty()).then(|| text(&request.funder)),
        price: price
            .map(|price| fields::price("price", price))
            .transpose()?,
        enroll,
        joining: joining.map(Box::new),
    }))
}

fn expiry(given: Option<&wire::Expiry>) -> Result<Option<Instant>, FieldError> {
    given
        .map(|given| fields::expiry("expiry", given))
        .transpose()
}

pub fn redeem<'r>(
    request: &'r wire::RedeemPointsRequest,
    edge: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    Ok(Command::Redeem(Redeem {
        member: fields::required_member("member", request.member.as_ref(), edge)?,
        wallet: fields::wallet(&request.wallet),
        points: request.points,
    }))
}

pub fn adjust<'r>(
    request: &'r wire::AdjustPointsRequest,
    edge: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    Ok(Command::Adjust(Adjust {
        member: fields::required_member("member", request.member.as_ref(), edge)?,
        wallet: fields::wallet(&request.wallet),
        points: request.points,
        reason: text(&request.reason),
        actor: text(&request.actor),
        expires_at: expiry(request.expiry.as_ref())?,
        overdraw: request.overdraw,
    }))
}

pub fn transfer<'r>(
    request: &'r wire::TransferPointsRequest,
    edge: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    Ok(Command::Transfer(Transfer {
        giver: fields::required_member("giver", request.giver.as_ref(), edge)?,
        receiver: fields::required_member("receiver", request.receiver.as_ref(), edge)?,
        wallet: fields::wallet(&request.wallet),
        points: request.points,
    }))
}

pub fn reinstate<'r>(
    request: &'r wire::ReinstatePointsRequest,
    edge: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    Ok(Command::Reinstate(Reinstate {
        member: fields::required_member("member", request.member.as_ref(), edge)?,
        wallet: fields::wallet(&request.wallet),
        lot: LotId(request.lot),
        points: request.points,
        expires_at: expiry(request.expiry.as_ref())?,
        reason: text(&request.reason),
        actor: text(&request.actor),
    }))
}

pub fn extend<'r>(
    request: &'r wire::ExtendExpiryRequest,
    edge: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    let expires_at = expiry(request.expiry.as_ref())?;
    Ok(Command::ExtendLot(ExtendLot {
        member: fields::required_member("member", request.member.as_ref(), edge)?,
        wallet: fields::wallet(&request.wallet),
        lot: LotId(request.lot),
        expires_at: expires_at.ok_or_else(|| FieldError::missing("expiry"))?,
        reason: text(&request.reason),
        actor: text(&request.actor),
    }))
}

pub fn forgive_debt<'r>(
    request: &'r wire::ForgiveDebtRequest,
    edge: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    Ok(Command::ForgiveDebt(ForgiveDebt {
        member: fields::required_member("member", request.member.as_ref(), edge)?,
        wallet: fields::wallet(&request.wallet),
        points: request.points,
        reason: text(&request.reason),
        actor: text(&request.actor),
    }))
}

pub fn activate<'r>(
    request: &'r wire::ActivatePointsRequest,
    edge: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    Ok(Command::Activate(Activate {
        original: fields::reference("original", request.original.as_ref())?,
        member: fields::optional_member("member", request.member.as_ref(), edge)?,
    }))
}
