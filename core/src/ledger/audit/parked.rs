//! Originals that undoing had waited for: what they undo of themselves must be theirs, and their sums must say so.

use super::super::decide::Originals;
use super::super::entry::{Entry, Fact, Flow};
use super::super::rejection::Code;
use super::super::request::Command;
use super::reversal::check_counted;
use super::{Finding, demand};

/// Points that are taken back, whatever became of them.
const TAKEN: [Flow; 5] = [
    Flow::AccrualReversed,
    Flow::ExpiryReversed,
    Flow::Overdrawn,
    Flow::WrittenOff,
    Flow::SettledInCash,
];

/// Whether an entry that met what waited for it undoes no more of itself than it did.
pub fn check(entry: &Entry<'_>, originals: &Originals) -> Finding {
    let figures = &entry.figures;
    let sums = [
        figures.reversed_points,
        figures.reversed_money,
        figures.reversed_expired,
        figures.reversed_spent,
        figures.reversed_by_lines,
        figures.eligible_by_lines,
    ];
    let returns =
        |fact: &Fact<'_>| matches!(fact, Fact::LineReturned { .. } | Fact::Reopened { .. });
    let undoes = sums != [0; 6] || entry.facts.iter().any(returns);
    if !undoes {
        return Ok(());
    }
    let is_part = |undo: &Entry<'_>| match &undo.request.command {
        Command::Reverse(_) => undo.code == Code::Parked,
        _ => false,
    };
    demand(
        entry.code == Code::Applied && originals.parked().any(is_part),
        "only a reversal states what was reversed, or what one had waited for",
    )?;
    let back = moved(entry, &[Flow::RedemptionReversed]);
    let taken = moved(entry, &TAKEN);
    let credited = credited(entry);
    let (points, spent, most) = match &entry.request.command {
        Command::Purchase(purchase) => {
            demand(
                (0..=purchase.amount.minor_units).contains(&figures.reversed_money),
                "more money is returned than was spent",
            )?;
            (taken, back + credited, figures.awarded)
        }
        Command::Accrue(_) => (taken, 0, figures.awarded),
        Command::Redeem(_) | Command::Capture(_) => {
            (back + credited, 0, figures.awarded + figures.charged)
        }
        _ => (figures.reversed_points, 0, figures.awarded.abs()),
    };
    let steps = [
        figures.reversed_points == points && (0..=most).contains(&points),
        figures.reversed_spent == spent && (0..=figures.spent + figures.charged).contains(&spent),
        figures.reversed_expired == moved(entry, &[Flow::ExpiryReversed]),
    ];
    demand(
        steps == [true; 3],
        "its sums are not what it undoes of itself",
    )?;
    for effect in &entry.effects {
        check_counted(effect, std::iter::empty())?;
    }
    check_lots(entry)
}

/// Points come back to lots that the entry has drawn them from, and no more than it drew.
fn check_lots(entry: &Entry<'_>) -> Finding {
    for effect in &entry.effects {
        for lot in effect.parts(Flow::RedemptionReversed) {
            let sum = |flows: &[Flow]| -> i64 {
                let parts = flows.iter().flat_map(|flow| effect.parts(*flow));
                let of_lot = parts.filter(|part| part.id == lot.id);
                of_lot.map(|part| part.amount).sum()
            };
            let drawn = sum(&[Flow::Redeemed, Flow::Captured]);
            demand(
                lot.id.sequence() == entry.sequence || sum(&[Flow::RedemptionReversed]) <= drawn,
                "points come back to a lot they were not drawn from",
            )?;
        }
    }
    Ok(())
}

fn credited(entry: &Entry<'_>) -> i64 {
    let charges = entry.facts.iter().filter_map(|fact| match fact {
        Fact::StoreCharged { points, .. } => Some(*points),
        _ => None,
    });
    -charges.filter(|points| *points < 0).sum::<i64>()
}

fn moved(entry: &Entry<'_>, flows: &[Flow]) -> i64 {
    let effects = entry.effects.iter();
    let own = effects.flat_map(|effect| flows.iter().flat_map(|flow| effect.parts(*flow)));
    own.map(|lot| lot.amount).sum()
}
