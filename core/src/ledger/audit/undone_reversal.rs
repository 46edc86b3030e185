//! Reversals of reversals: once, and exactly what the reversal had done, with the sums as they were without it.

use super::super::decide::Originals;
use super::super::entry::{Entry, Fact, Figures, Flow, Movement};
use super::super::lot::Lot;
use super::super::rejection::{Class, Code};
use super::super::request::Command;
use super::reversal::{moved, own};
use super::{Finding, demand, transfer};

const RESTORED: [Flow; 5] = [
    Flow::AccrualRestored,
    Flow::DebtUndone,
    Flow::ExpiryRestored,
    Flow::WriteOffUndone,
    Flow::CashUndone,
];
const TAKEN_AGAIN: [Flow; 3] = [
    Flow::ReturnTaken,
    Flow::ReturnOverdrawn,
    Flow::ReturnWrittenOff,
];

/// `entry` undoes `reversal`.
pub fn check(entry: &Entry<'_>, reversal: &Entry<'_>, originals: &Originals) -> Finding {
    // What was refused can be undone any number of times: it has done nothing.
    let was_applied = reversal.code.class() == Class::Applied;
    demand(
        !was_applied || originals.latest.is_none(),
        "it undoes what was undone",
    )?;
    check_neither_sale_nor_return(&entry.figures)?;
    let root = originals.root.as_deref();
    let root = root.filter(|root| root.code.class() == Class::Applied);
    // One that still waits has undone nothing yet.
    let root = root.filter(|_| was_applied && reversal.code != Code::Parked);
    let Some(root) = root else {
        return demand(
            own(entry).next().is_none() && entry.facts.iter().all(uses_code),
            "it undoes what changed nothing",
        );
    };
    demand(
        root.sequence == reversal.original && reopens(entry, root.sequence),
        "it opens another entry than its original had reversed",
    )?;
    let is_purchase = match &root.request.command {
        Command::Purchase(_) => true,
        Command::Accrue(_) | Command::Redeem(_) | Command::Capture(_) => false,
        _ => return check_other(entry, reversal, root, originals),
    };
    let is_debit = matches!(
        root.request.command,
        Command::Redeem(_) | Command::Capture(_)
    );
    let (taken, given) = match is_debit {
        true => (0, reversal.figures.awarded),
        false => (reversal.figures.awarded, reversal.figures.spent),
    };
    // A paid debt or a write-off made good comes back as points: all in all it is as much.
    demand(
        moved(entry, &RESTORED) == taken && moved(entry, &TAKEN_AGAIN) == given,
        "it undoes another number of points than were reversed",
    )?;
    check_lots(entry, reversal, root)?;
    let latest = originals.root_latest.as_deref().unwrap_or(root).figures;
    let (figures, undone) = (&entry.figures, &reversal.figures);
    let money = if is_purchase { undone.requested } else { 0 };
    let (of_points, of_spent) = match is_purchase {
        true => (0, undone.charged),
        false => (undone.charged, 0),
    };
    let steps = [
        figures.awarded == 0 && figures.requested == 0,
        figures.spared == moved(entry, &[Flow::ReturnWrittenOff]),
        latest.reversed_points - figures.reversed_points == undone.awarded - of_points,
        figures.charged == -undone.charged,
        latest.reversed_money - figures.reversed_money == money,
        latest.reversed_spent - figures.reversed_spent == undone.spent - of_spent,
        latest.reversed_expired - figures.reversed_expired == moved(entry, &[Flow::ExpiryRestored]),
    ];
    demand(
        steps == [true; 7],
        "its sums are not those without what it undoes",
    )
}

fn check_neither_sale_nor_return(figures: &Figures) -> Finding {
    let stated = [
        figures.spent,
        figures.cash,
        figures.kept_back,
        figures.eligible,
    ];
    demand(
        stated == [0; 4],
        "the undo of a reversal pays nobody and is paid by nobody",
    )
}

/// The undo of a reversed adjustment or transfer: as many points as were reversed come back, or go again, to lots and
/// from lots that the reversal had changed.
fn check_other(
    entry: &Entry<'_>,
    reversal: &Entry<'_>,
    root: &Entry<'_>,
    originals: &Originals,
) -> Finding {
    let points = reversal.figures.awarded;
    match &root.request.command {
        Command::Transfer(_) => transfer::check_undone_return(entry, reversal, root)?,
        Command::Adjust(adjust) if adjust.points > 0 => demand(
            moved(entry, &[Flow::AdjustmentReturned]) == points,
            "it gives back another number of points than were taken",
        )?,
        _ => demand(
            moved(entry, &[Flow::AdjustedDown, Flow::AdjustOverdrawn]) == points,
            "it takes another number of points than were given back",
        )?,
    }
    check_other_lots(entry, reversal, root, originals)?;
    let latest = originals
        .root_latest
        .as_deref()
        .map(|latest| latest.figures);
    let latest = latest.unwrap_or(root.figures);
    let figures = &entry.figures;
    let spared = moved(entry, &[Flow::TransferWrittenOff, Flow::DebtForgiven]);
    let steps = [
        figures.awarded == 0 && figures.requested == 0,
        figures.spared == spared,
        latest.reversed_points - figures.reversed_points == points,
        [
            figures.reversed_money,
            figures.reversed_expired,
            figures.reversed_spent,
        ] == [0; 3],
    ];
    demand(
        steps == [true; 4],
        "its sums are not those without what it undoes",
    )
}

/// Lots that return are those that the reversal took, or one with the dates of those that came at first; what is gone
/// and taken again is of lots that were drawn, or that some reversal gave points back to.
fn check_other_lots(
    entry: &Entry<'_>,
    reversal: &Entry<'_>,
    root: &Entry<'_>,
    originals: &Originals,
) -> Finding {
    let taken = lots_of(
        own(reversal),
        &[Flow::AdjustedDown, Flow::TransferredOut, Flow::Reinstated],
    );
    let came = lots_of(own(root), &[Flow::AdjustedUp, Flow::TransferredIn]);
    let mut drawn = lots_of(own(root), &[Flow::AdjustedDown, Flow::TransferredOut]);
    let reversals = originals.history();
    let given_back = reversals.flat_map(|reversal| &reversal.effects);
    let given_back = given_back.flat_map(|effect| &effect.movements);
    drawn.extend(lots_of(
        given_back,
        &[Flow::AdjustmentReturned, Flow::TransferredIn],
    ));
    drawn.sort_unstable_by_key(|lot| lot.id);
    for movement in own(entry) {
        let lot = &movement.lot;
        let is_right = match movement.flow {
            Flow::AdjustmentReturned | Flow::TransferredIn => {
                has(&taken, lot) || is_like_some(&came, lot, entry.sequence)
            }
            Flow::Reinstated => has(&drawn, lot),
            _ => true,
        };
        demand(is_right, "points move in a lot that the reversal had not")?;
    }
    Ok(())
}

/// Lots that movements by these flows name, in order of id.
fn lots_of<'e>(movements: impl Iterator<Item = &'e Movement>, flows: &[Flow]) -> Vec<Lot> {
    let of_flows = movements.filter(|movement| flows.contains(&movement.flow));
    let mut lots: Vec<Lot> = of_flows.map(|movement| movement.lot).collect();
    lots.sort_unstable_by_key(|lot| lot.id);
    lots
}

fn has(lots: &[Lot], lot: &Lot) -> bool {
    let start = lots.partition_point(|known| known.id < lot.id);
    let mut same = lots[start..].iter().take_while(|known| known.id == lot.id);
    same.any(|known| known.same_lot(lot))
}

/// Whether a lot that this entry makes has all of another but its name.
fn is_like_some(lots: &[Lot], lot: &Lot, sequence: u64) -> bool {
    let mut alike = lots.iter().map(|known| Lot {
        id: lot.id,
        ..*known
    });
    lot.id.sequence() == sequence && alike.any(|known| known.same_lot(lot))
}

/// Whether it states exactly this original as open again.
fn reopens(entry: &Entry<'_>, root: u64) -> bool {
    let mut reopened = entry.facts.iter().filter_map(|fact| match fact {
        Fact::Reopened { original } => Some(*original),
        _ => None,
    });
    reopened.next() == Some(root) && reopened.next().is_none()
}

/// Points return to the lots they were taken from, or to a new one of the original's.
fn check_lots(entry: &Entry<'_>, reversal: &Entry<'_>, root: &Entry<'_>) -> Finding {
    let mut taken: Vec<Lot> = own(reversal)
        .filter(|movement| matches!(movement.flow, Flow::AccrualReversed | Flow::ExpiryReversed))
        .map(|movement| movement.lot)
        .collect();
    taken.sort_unstable_by_key(|lot| lot.id);
    let back = own(entry)
        .filter(|movement| matches!(movement.flow, Flow::AccrualRestored | Flow::ExpiryRestored));
    for movement in back {
        let lot = &movement.lot;
        if lot.id.sequence() == entry.sequence {
            demand(
                lot.origin == root.sequence,
                "it makes a lot of another origin",
            )?;
            continue;
        }
        let start = taken.partition_point(|part| part.id < lot.id);
        let mut same = taken[start..]
            .iter_mut()
            .take_while(|part| part.id == lot.id);
        let found = same.find(|part| {
            let dates = Lot {
                pending: part.pending,
                ..*lot
            };
            part.same_lot(&dates) && part.amount >= lot.amount
        });
        let part = found.ok_or("points return to a lot they were not taken from")?;
        part.amount -= lot.amount;
    }
    Ok(())
}

/// Whoever is named by a code uses it up, whatever is undone.
fn uses_code(fact: &Fact<'_>) -> bool {
    matches!(fact, Fact::CodeUsed { .. })
}
