//! reinstate: points of a lot that has expired are there again, as a lot of their own.

use super::super::entry::{Figures, Flow};
use super::super::lot::Lot;
use super::super::rejection::{Code, Rejection};
use super::super::request::Reinstate;
use super::accrue::Dates;
use super::by_hand;
use super::case::{Case, Verdict};

pub fn decide<'a>(
    case: &mut Case<'_>,
    reinstate: &Reinstate<'a>,
) -> Result<Verdict<'a>, Rejection> {
    let points = reinstate.points;
    let mut draft = by_hand::open(case, &reinstate.member, &reinstate.wallet)?;
    let before = draft.balance();
    let gone = by_hand::expired_lot(case, &draft, reinstate.lot)?;
    let expires_at = match reinstate.expires_at {
        Some(expires_at) => {
            by_hand::check_ahead(case, expires_at)?;
            expires_at
        }
        None => Dates::of_policy(case, draft.id().currency, Some(case.now))?.expires_at,
    };
    let points = points.unwrap_or(gone.amount);
    if points > gone.amount {
        return Ok(Verdict::refused(Code::InsufficientPoints, points, before));
    }
    if points > 0 {
        let again = Lot {
            id: case.lots.take_for(gone.id),
            amount: points,
            activates_at: case.now,
            expires_at,
            ..gone
        };
        draft.put(Flow::Reinstated, again, 0);
    }
    let figures = Figures {
        requested: points,
        awarded: points,
        ..Figures::default()
    };
    Ok(Verdict::applied(draft, before, figures))
}
