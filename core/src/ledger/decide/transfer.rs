//! transfer: points change hands in draw order; what arrives keeps its origin, its terms and its dates.

use super::super::entry::{Figures, Flow, WalletId};
use super::super::lot::Lot;
use super::super::rejection::{Code, Rejection};
use super::super::request::Transfer;
use super::case::{Case, Verdict};

pub fn decide<'a>(case: &mut Case<'_>, transfer: &Transfer<'a>) -> Result<Verdict<'a>, Rejection> {
    let currency = case.currency(&transfer.wallet)?;
    let giver = case.member(&transfer.giver)?;
    let receiver = case.other_member(&transfer.receiver)?;
    if giver == receiver {
        return Err(Rejection::plain(Code::SameMember));
    }
    case.check_spends(giver)?;
    case.check_spends(receiver)?;
    let wallet_of = |member| WalletId { member, currency };
    let mut from = case.draft(wallet_of(giver));
    let before = from.balance();
    let points = transfer.points;
    if before.available < points {
        return Ok(Verdict::refused(Code::InsufficientPoints, points, before));
    }
    let order = case.program().currencies[usize::from(currency)].draw_order;
    from.draw(Flow::TransferredOut, points, order, 0);
    let mut arriving: Vec<Lot> = from.parts(Flow::TransferredOut).copied().collect();
    for lot in &mut arriving {
        lot.id = case.lots.take_for(lot.id);
    }
    arriving.reverse();
    let mut to = case.draft(wallet_of(receiver));
    to.make_room(&arriving);
    for lot in arriving {
        to.put(Flow::TransferredIn, lot, 0);
    }
    let figures = Figures {
        requested: points,
        awarded: points,
        ..Figures::default()
    };
    Ok(Verdict::applied_to_all([from, to], before, figures))
}
