//! What is asked about purchases.

use std::borrow::Cow;

use super::super::fields::{self, Edge, FieldError, text};
use super::{Attempt, members, referrals};
use crate::ledger::decide::check_points;
use crate::ledger::request::{Basket, Command, Line, Purchase, Request, Spend};
use crate::service::wire;

/// What a purchase and its quote state alike.
struct Sale<'r> {
    member: Option<&'r wire::MemberName>,
    amount: Option<&'r wire::Money>,
    lines: &'r [wire::Line],
    eligible: Option<i64>,
    spend: Option<&'r wire::Spend>,
    enroll: Option<&'r wire::Joining>,
    referral: Option<&'r wire::ReferralReference>,
}

macro_rules! sale {
    ($request:expr) => {
        Sale {
            member: $request.member.as_ref(),
            amount: $request.amount.as_ref(),
            lines: &$request.lines,
            eligible: $request.eligible_minor_units,
            spend: $request.spend.as_ref(),
            enroll: $request.enroll.as_ref(),
            referral: $request.referral.as_ref(),
        }
    };
}

pub fn record<'r>(
    request: &'r wire::RecordPurchaseRequest,
    edge: Edge<'_>,
) -> Result<Command<'r>, FieldError> {
    purchase(&sale!(request), edge)
}

/// The request that a quote is about; it has no key.
pub fn quote<'r>(
    request: &'r wire::QuotePurchaseRequest,
    edge: Edge<'r>,
) -> Result<Request<'r>, FieldError> {
    let attempt = Attempt {
        key: Cow::Borrowed(""),
        occurred_time: request.occurred_time.as_ref(),
        receipt: request.receipt.as_ref(),
        source: request.source.as_ref(),
    };
    attempt.request(edge, purchase(&sale!(request), edge)?)
}

fn purchase<'r>(sale: &Sale<'r>, edge: Edge<'_>) -> Result<Command<'r>, FieldError> {
    let (enroll, joining) = members::enrolling(sale.enroll, edge)?;
    let amount = sale.amount.ok_or_else(|| FieldError::missing("amount"))?;
    let spend = sale.spend.map(spend).transpose();
    let member = members::named_or_joining(sale.member, joining.as_ref(), edge)?;
    let basket = Basket {
        lines: sale.lines.iter().map(line).collect(),
        eligible: sale.eligible,
        spend: spend.map_err(|error| error.within("spend"))?,
        joining,
        referral: referrals::naming(sale.referral)?,
    };
    Ok(Command::Purchase(Purchase {
        member,
        amount: fields::money("amount", amount)?,
        enroll,
        basket: (basket != Basket::default()).then(|| Box::new(basket)),
    }))
}

fn line(line: &wire::Line) -> Line<'_> {
    Line {
        sku: text(&line.sku),
        category: text(&line.category),
        quantity: line.quantity.unwrap_or(1),
        amount: line.amount_minor_units,
        excluded: line.excluded,
    }
}

fn spend(spend: &wire::Spend) -> Result<Spend<'_>, FieldError> {
    use wire::spend::Spend as Asked;
    match spend.spend.as_ref() {
        None => Err(FieldError::new(
            "spend",
            "is redeem_points or capture; leave it out for neither",
        )),
        Some(Asked::RedeemPoints(points)) => {
            checked("redeem_points", *points)?;
            Ok(Spend::Redeem { points: *points })
        }
        Some(Asked::Capture(capture)) => {
            if let Some(points) = capture.points {
                checked("capture.points", points)?;
            }
            let authorization = capture.authorization.as_ref();
            Ok(Spend::Capture {
                authorization: fields::reference("capture.authorization", authorization)?,
                points: capture.points,
            })
        }
    }
}

fn checked(path: &str, points: i64) -> Result<(), FieldError> {
    check_points(points).map_err(|rejection| FieldError::of(path, rejection))
}
