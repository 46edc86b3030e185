//! redeem: points out, for value.

use super::super::entry::{Figures, Flow, WalletId};
use super::super::rejection::{Code, Rejection};
use super::super::request::Redeem;
use super::activity::Activity;
use super::case::{Case, Verdict};
use super::offline::{self, Spent};

pub fn decide<'a>(case: &mut Case<'_>, redeem: &Redeem<'a>) -> Result<Verdict<'a>, Rejection> {
    let currency = case.currency(&redeem.wallet)?;
    if case.offline_at.is_some() {
        let member = case.member(&redeem.member)?;
        case.check_taking(&redeem.member, member, redeem.points)?;
        let wallet = WalletId { member, currency };
        return offline::decide(case, wallet, redeem.points, Spent::Any);
    }
    let member = case.spender(&redeem.member)?;
    case.check_taking(&redeem.member, member, redeem.points)?;
    let wallet = WalletId { member, currency };
    let mut draft = case.draft(wallet);
    let before = draft.balance();
    if let Some(activity) = Activity::in_wallet(case, wallet)? {
        activity.note(case, &mut draft);
    }
    if draft.balance().available < redeem.points {
        return Ok(Verdict::refused(
            Code::InsufficientPoints,
            redeem.points,
            before,
        ));
    }
    draft.draw(Flow::Redeemed, redeem.points, case.draw_order(wallet), 0);
    let figures = Figures {
        requested: redeem.points,
        awarded: redeem.points,
        ..Figures::default()
    };
    Ok(Verdict::applied(draft, before, figures))
}
