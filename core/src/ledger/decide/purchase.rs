//! purchase: money spent earns by the program's base rule, floored once.

use super::super::bounds::REQUEST_POINTS;
use super::super::entry::{Flow, WalletId};
use super::super::lot::TermsId;
use super::super::program::EarnRule;
use super::super::rejection::{Code, Rejection};
use super::super::request::{Money, Purchase};
use super::accrue::{Dates, new_lot};
use super::case::{Case, Verdict};
use super::{basket, joining};

pub fn decide<'a>(case: &mut Case<'_>, purchase: &Purchase<'a>) -> Result<Verdict<'a>, Rejection> {
    if let Some(basket) = &purchase.basket {
        return basket::decide(case, purchase, basket);
    }
    let rule = &case.program().earning;
    check_money(rule, &purchase.amount)?;
    let points = points_for(rule, purchase.amount.minor_units)?;
    let dates = Dates::of_policy(case, rule.currency, None)?;
    let mut verdict = Verdict::default();
    let member = joining::member(case, &purchase.member, purchase.enroll, None, &mut verdict)?;
    let wallet = WalletId {
        member,
        currency: rule.currency,
    };
    let lot = new_lot(case, points, dates, TermsId::NONE);
    Ok(verdict.closed_by(case.earn(wallet, Flow::Accrued, lot)?))
}

/// Points for an amount: n per m minor units, floored once.
pub fn earned(rule: &EarnRule, minor_units: i64) -> i128 {
    i128::from(minor_units) * i128::from(rule.points) / i128::from(rule.per_minor_units)
}

/// The same as points that one request may move.
pub fn points_for(rule: &EarnRule, minor_units: i64) -> Result<i64, Rejection> {
    let points = earned(rule, minor_units);
    if points > i128::from(REQUEST_POINTS) {
        return Err(Rejection::new(
            Code::PointsTooLarge,
            format!("the purchase would earn {points} points"),
        ));
    }
    Ok(points as i64)
}

/// Whether the program earns on this money.
pub fn check_money(rule: &EarnRule, money: &Money) -> Result<(), Rejection> {
    if rule.money.bytes() == money.currency {
        return Ok(());
    }
    let given = String::from_utf8_lossy(&money.currency);
    let earned_on = rule.money.code();
    let message =
        format!("the program earns on {earned_on}, not on {given}; give the amount in {earned_on}");
    Err(Rejection::new(Code::MoneyCurrencyNotAccepted, message))
}
