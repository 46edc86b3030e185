//! forgive_debt: what a member owes is written off by hand, all of it or some.

use super::super::entry::{Figures, Flow};
use super::super::rejection::{Code, Rejection};
use super::super::request::ForgiveDebt;
use super::by_hand;
use super::case::{Case, Verdict};

pub fn decide<'a>(
    case: &mut Case<'_>,
    forgive: &ForgiveDebt<'a>,
) -> Result<Verdict<'a>, Rejection> {
    let mut draft = by_hand::open(case, &forgive.member, &forgive.wallet)?;
    let before = draft.balance();
    let points = forgive.points.unwrap_or(before.debt);
    if points > before.debt {
        return Ok(Verdict::refused(Code::InsufficientPoints, points, before));
    }
    draft.forgive(Flow::DebtForgiven, points);
    let figures = Figures {
        requested: points,
        awarded: points,
        ..Figures::default()
    };
    Ok(Verdict::applied(draft, before, figures))
}
