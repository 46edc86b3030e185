//! Reversals: what comes back must have gone out by the original, and the running sums must continue its follow-ups.

use super::super::decide::Originals;
use super::super::entry::{Entry, Flow, Movement};
use super::super::lot::Lot;
use super::super::rejection::Class;
use super::super::request::Command;
use super::{Finding, demand};

pub fn check(entry: &Entry<'_>, originals: &Originals) -> Finding {
    if !matches!(entry.request.command, Command::Reverse(_)) || entry.code.class() != Class::Applied
    {
        let figures = &entry.figures;
        let sums = [
            figures.reversed_points,
            figures.reversed_money,
            figures.reversed_expired,
        ];
        return demand(sums == [0; 3], "only a reversal states what was reversed");
    }
    let found = originals
        .original
        .as_ref()
        .filter(|original| original.sequence == entry.original);
    let original = found.ok_or("the entry it reverses was not found")?;
    let own = entry.effects.iter().flat_map(|effect| &effect.movements);
    for movement in own.clone().filter(|movement| movement.due_at.is_none()) {
        check_movement(original, movement)?;
    }
    let expired = own.filter(|movement| movement.flow == Flow::ExpiryReversed);
    let expired: i64 = expired.map(|movement| movement.lot.amount).sum();
    let before = originals
        .latest
        .as_ref()
        .map(|latest| latest.figures)
        .unwrap_or_default();
    let figures = &entry.figures;
    let money = if matches!(original.request.command, Command::Purchase(_)) {
        figures.requested
    } else {
        0
    };
    let steps = [
        figures.reversed_points - before.reversed_points == figures.awarded,
        figures.reversed_money - before.reversed_money == money,
        figures.reversed_expired - before.reversed_expired == expired,
        money != 0 || figures.requested == figures.awarded,
    ];
    demand(
        steps == [true; 4],
        "its sums do not continue those of the reversals before it",
    )
}

fn check_movement(original: &Entry<'_>, movement: &Movement) -> Finding {
    let lot = &movement.lot;
    let gone_out = |flow| {
        original
            .effects
            .iter()
            .flat_map(move |effect| effect.parts(flow))
    };
    let mut drawn = gone_out(Flow::Redeemed).chain(gone_out(Flow::Captured));
    match movement.flow {
        Flow::RedemptionReversed => demand(
            drawn.any(|part| part.same_lot(lot) || succeeds(lot, part)),
            "points come back to a lot they were not drawn from",
        ),
        Flow::ExpiryReversed => demand(
            lot.origin == original.sequence,
            "expired points of another entry are counted",
        ),
        _ => Ok(()),
    }
}

/// Whether a grace lot takes over points of a drawn one.
fn succeeds(grace: &Lot, drawn: &Lot) -> bool {
    !grace.id.is_earned() && grace.origin == drawn.origin && grace.terms == drawn.terms
}
