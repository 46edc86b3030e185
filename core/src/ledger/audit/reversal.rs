//! Reversals: what comes back must have gone out by the original, and the running sums must continue its follow-ups.

use super::super::decide::Originals;
use super::super::entry::{Entry, Flow, Movement};
use super::super::lot::{Lot, TermsId};
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
    let drawn = Drawn::by(original);
    let own = entry.effects.iter().flat_map(|effect| &effect.movements);
    for movement in own.clone().filter(|movement| movement.due_at.is_none()) {
        check_movement(original, &drawn, movement)?;
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
        figures.reversed_points - before.reversed_points == figures.awarded - figures.charged,
        figures.reversed_money - before.reversed_money == money,
        figures.reversed_expired - before.reversed_expired == expired,
        money != 0 || figures.requested == figures.awarded - figures.charged,
    ];
    demand(
        steps == [true; 4],
        "its sums do not continue those of the reversals before it",
    )
}

fn check_movement(original: &Entry<'_>, drawn: &Drawn, movement: &Movement) -> Finding {
    let lot = &movement.lot;
    match movement.flow {
        Flow::RedemptionReversed => demand(
            drawn.has(lot) || drawn.is_succeeded_by(lot) || overdrew(original, lot),
            "points come back to a lot they were not drawn from",
        ),
        Flow::ExpiryReversed => demand(
            lot.origin == original.sequence,
            "expired points of another entry are counted",
        ),
        _ => Ok(()),
    }
}

/// Whether a lot takes the place of points that an original owed from the beginning.
fn overdrew(original: &Entry<'_>, anew: &Lot) -> bool {
    let mut movements = original.effects.iter().flat_map(|effect| &effect.movements);
    anew.origin == original.sequence
        && anew.terms == TermsId::NONE
        && movements.any(|movement| movement.flow == Flow::RedeemOverdrawn)
}

/// What an original drew, in the orders in which it is asked for.
struct Drawn {
    by_id: Vec<Lot>,
    sources: Vec<(u64, TermsId)>,
}

impl Drawn {
    fn by(original: &Entry<'_>) -> Drawn {
        let gone_out = |flow| {
            original
                .effects
                .iter()
                .flat_map(move |effect| effect.parts(flow))
        };
        let drawn = gone_out(Flow::Redeemed).chain(gone_out(Flow::Captured));
        let mut by_id: Vec<Lot> = drawn.copied().collect();
        by_id.sort_unstable_by_key(|lot| lot.id);
        let mut sources: Vec<_> = by_id.iter().map(|lot| (lot.origin, lot.terms)).collect();
        sources.sort_unstable();
        Drawn { by_id, sources }
    }

    fn has(&self, lot: &Lot) -> bool {
        let start = self.by_id.partition_point(|part| part.id < lot.id);
        let parts = self.by_id[start..].iter();
        parts
            .take_while(|part| part.id == lot.id)
            .any(|part| part.same_lot(lot))
    }

    /// Whether a grace lot takes over points of a drawn one.
    fn is_succeeded_by(&self, grace: &Lot) -> bool {
        let source = (grace.origin, grace.terms);
        !grace.id.is_earned() && self.sources.binary_search(&source).is_ok()
    }
}
