//! Reversal of a redemption or a capture: points return in reverse draw order, as if less had been redeemed.

use super::super::entry::{Entry, Figures, Flow};
use super::super::lot::Lot;
use super::super::program::Restore;
use super::super::rejection::{Code, Rejection};
use super::super::request::{Command, Part};
use super::super::time::Instant;
use super::capture::wallet_of;
use super::case::{Case, Verdict};
use super::share::{Share, parts_after};

pub fn decide<'a>(
    case: &mut Case<'_>,
    original: &Entry<'_>,
    part: &Part,
) -> Result<Verdict<'a>, Rejection> {
    let flow = if matches!(original.request.command, Command::Capture(_)) {
        Flow::Captured
    } else {
        Flow::Redeemed
    };
    let drawn: Vec<Lot> = original
        .effects
        .iter()
        .flat_map(|effect| effect.parts(flow))
        .copied()
        .collect();
    let total = drawn.iter().map(|lot| lot.amount).sum();
    let latest = case.originals.latest.as_ref();
    let reversed_before = latest.map_or(0, |latest| latest.figures.reversed_points);
    let mut draft = case.draft(wallet_of(original));
    let before = draft.balance();
    let share = match Share::of(total, reversed_before, latest, part) {
        Ok(share) => share,
        Err((code, asked)) => return Ok(Verdict::refused(code, asked, before)),
    };
    let grace = grace_until(case)?;
    // The last points of what is still redeemed, last drawn first.
    let returning = parts_after(drawn.iter().rev(), share.reversed_before, share.asked);
    let coming = coming_back(case, &returning, before.debt, grace);
    draft.make_room(&coming);
    for lot in coming {
        draft.put(Flow::RedemptionReversed, lot, 0);
    }
    let figures = Figures {
        requested: share.asked,
        awarded: share.asked,
        reversed_points: share.reversed_after(),
        ..Figures::default()
    };
    Ok(Verdict::applied(draft, before, figures))
}

/// What returns, as the lots it comes back as. What is left of an expired lot once debt is paid gets a grace lot.
fn coming_back(
    case: &mut Case<'_>,
    returning: &[Lot],
    mut debt: i64,
    grace: Option<Instant>,
) -> Vec<Lot> {
    let mut coming = Vec::with_capacity(returning.len());
    for lot in returning {
        let paid = debt.min(lot.amount);
        debt -= paid;
        // A grace lot comes back as it was: grace is given once.
        match grace {
            Some(expires_at) if lot.expires_at <= case.now && !lot.id.is_grace() => {
                if paid > 0 {
                    coming.push(lot.part(paid));
                }
                if lot.amount > paid {
                    let fresh = Lot {
                        id: case.lots.take(),
                        activates_at: case.now,
                        expires_at,
                        ..*lot
                    };
                    coming.push(fresh.part(lot.amount - paid));
                }
            }
            _ => coming.push(*lot),
        }
    }
    coming
}

/// Until when points of a lot that expired meanwhile stay valid; `None` where they expire at once.
fn grace_until(case: &Case<'_>) -> Result<Option<Instant>, Rejection> {
    let rules = &case.program().reversal;
    match rules.restore {
        Restore::Original => Ok(None),
        // The other policies were refused when the program was published.
        Restore::Grace | Restore::Reissue => {
            let until = case.calendar()?.grace_until(case.now, rules.grace);
            until.map(Some).map_err(|_| {
                Rejection::new(Code::TimeOutOfRange, "the grace period ends after 9999")
            })
        }
    }
}
