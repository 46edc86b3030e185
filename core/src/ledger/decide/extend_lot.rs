//! extend: what is pending or available of a lot gets another expiry, as a lot of its own.

use super::super::entry::Figures;
use super::super::lot::Lot;
use super::super::rejection::{Code, Rejection};
use super::super::request::ExtendLot;
use super::by_hand;
use super::case::{Case, Verdict};

pub fn decide<'a>(case: &mut Case<'_>, extend: &ExtendLot<'a>) -> Result<Verdict<'a>, Rejection> {
    let mut draft = by_hand::open(case, &extend.member, &extend.wallet)?;
    let before = draft.balance();
    let there = draft.wallet().lots().iter();
    let there = there.copied().find(|lot| lot.id == extend.lot);
    if there.is_none() {
        by_hand::expired_lot(case, &draft, extend.lot)?;
    }
    let expires_at = extend.expires_at;
    by_hand::check_ahead(case, expires_at)?;
    let mut moved = 0;
    if let Some(lot) = there {
        if lot.pending && expires_at <= lot.activates_at {
            let message = "the lot would expire before it activates";
            return Err(Rejection::new(Code::ExpiryBeforeActivation, message));
        }
        if expires_at < draft.wallet().expiry_of(&lot) {
            let message = "the lot lives longer already; extend never shortens";
            return Err(Rejection::new(Code::ExpiryInPast, message));
        }
        moved = lot.amount;
        let extended = Lot {
            id: case.lots.take_for(lot.id),
            expires_at,
            ..lot
        };
        draft.move_over(lot, extended);
    }
    let figures = Figures {
        requested: moved,
        awarded: moved,
        ..Figures::default()
    };
    Ok(Verdict::applied(draft, before, figures))
}
