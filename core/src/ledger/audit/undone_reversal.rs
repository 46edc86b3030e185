//! Reversals of reversals: once, and exactly what the reversal had done, with the sums as they were without it.

use super::super::decide::Originals;
use super::super::entry::{Entry, Fact, Flow};
use super::super::lot::Lot;
use super::super::rejection::Class;
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
    demand(originals.latest.is_none(), "it undoes what was undone")?;
    let root = originals.root.as_ref();
    let root = root.filter(|root| root.code.class() == Class::Applied);
    let Some(root) = root else {
        return demand(
            own(entry).next().is_none() && entry.facts.is_empty(),
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
    let latest = originals.root_latest.as_ref().unwrap_or(root).figures;
    let (figures, undone) = (&entry.figures, &reversal.figures);
    let money = if is_purchase { undone.requested } else { 0 };
    let steps = [
        figures.awarded == 0 && figures.requested == 0,
        figures.spared == moved(entry, &[Flow::ReturnWrittenOff]),
        latest.reversed_points - figures.reversed_points == undone.awarded - undone.charged,
        figures.charged == -undone.charged,
        latest.reversed_money - figures.reversed_money == money,
        latest.reversed_spent - figures.reversed_spent == undone.spent,
        latest.reversed_expired - figures.reversed_expired == moved(entry, &[Flow::ExpiryRestored]),
    ];
    demand(
        steps == [true; 7],
        "its sums are not those without what it undoes",
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
    let taken = own(reversal).filter(|movement| {
        let flows = [Flow::AdjustedDown, Flow::TransferredOut, Flow::Reinstated];
        flows.contains(&movement.flow)
    });
    let mut taken: Vec<Lot> = taken.map(|movement| movement.lot).collect();
    taken.sort_unstable_by_key(|lot| lot.id);
    let was_taken = |lot: &Lot| {
        let start = taken.partition_point(|part| part.id < lot.id);
        taken.get(start).is_some_and(|part| part.same_lot(lot))
    };
    let back = own(entry).filter(|movement| {
        matches!(
            movement.flow,
            Flow::AdjustmentReturned | Flow::TransferredIn
        )
    });
    for movement in back {
        let lot = &movement.lot;
        let is_new = lot.id.sequence() == entry.sequence;
        demand(
            is_new || was_taken(lot),
            "points return to a lot they were not taken from",
        )?;
    }
    let latest = originals.root_latest.as_ref().map(|latest| latest.figures);
    let latest = latest.unwrap_or(root.figures);
    let figures = &entry.figures;
    let spared = moved(entry, &[Flow::TransferWrittenOff, Flow::DebtForgiven]);
    let steps = [
        figures.awarded == 0 && figures.requested == 0,
        figures.spared == spared,
        latest.reversed_points - figures.reversed_points == points,
    ];
    demand(
        steps == [true; 3],
        "its sums are not those without what it undoes",
    )
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
