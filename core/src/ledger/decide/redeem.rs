//! redeem: points out, for value.

use super::super::entry::{Figures, Flow, WalletId};
use super::super::rejection::{Code, Rejection};
use super::super::request::Redeem;
use super::case::{Case, Verdict};

pub fn decide<'a>(case: &mut Case<'_>, redeem: &Redeem<'a>) -> Result<Verdict<'a>, Rejection> {
    let currency = case.currency(&redeem.wallet)?;
    let member = case.spender(&redeem.member)?;
    let mut draft = case.draft(WalletId { member, currency });
    let before = draft.balance();
    if before.available < redeem.points {
        return Ok(Verdict::refused(
            Code::InsufficientPoints,
            redeem.points,
            before,
        ));
    }
    let order = case.program().currencies[usize::from(currency)].draw_order;
    draft.draw(Flow::Redeemed, redeem.points, order, 0);
    let figures = Figures {
        requested: redeem.points,
        awarded: redeem.points,
        ..Figures::default()
    };
    Ok(Verdict::applied(draft, before, figures))
}
