//! adjust: a correction by hand, up or down, with reason and actor.

use super::super::entry::{Figures, Flow, WalletId};
use super::super::lot::TermsId;
use super::super::rejection::{Code, Rejection};
use super::super::request::Adjust;
use super::accrue::{Dates, new_lot};
use super::case::{Case, Verdict};

pub fn decide<'a>(case: &mut Case<'_>, adjust: &Adjust<'a>) -> Result<Verdict<'a>, Rejection> {
    let currency = case.currency(&adjust.wallet)?;
    // Available at once, also if the caller's clock runs ahead.
    let since = case.occurred_at.min(case.now);
    let dates = Dates::of_policy(case, currency, Some(since))?.with_expiry(adjust.expires_at)?;
    let member = case.open_member(&adjust.member)?;
    let wallet = WalletId { member, currency };
    let points = adjust.points;
    if points > 0 {
        let lot = new_lot(case, points, dates, TermsId::NONE);
        return case.earn(wallet, Flow::AdjustedUp, lot);
    }
    let mut draft = case.draft(wallet);
    let before = draft.balance();
    if before.available < -points && !adjust.overdraw {
        return Ok(Verdict::refused(Code::InsufficientPoints, points, before));
    }
    let order = case.program().currencies[usize::from(currency)].draw_order;
    let drawn = draft.draw(Flow::AdjustedDown, -points, order, 0);
    draft.move_amount(Flow::AdjustOverdrawn, -points - drawn, 0);
    let figures = Figures {
        requested: points,
        awarded: points,
        ..Figures::default()
    };
    Ok(Verdict::applied(draft, before, figures))
}
