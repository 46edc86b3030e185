//! Reversals: what comes back must have gone out by the original, and the running sums must continue its follow-ups.

use super::super::decide::{Originals, Returned, gone_of_wallet};
use super::super::entry::{Effect, Entry, Fact, Figures, Flow, Movement, WalletId};
use super::super::lot::{Lot, TermsId};
use super::super::rejection::{Class, Code};
use super::super::request::{Command, Purchase};
use super::super::state::State;
use super::{Finding, demand, parked, transfer, undone_reversal};

/// What a clawback is made of.
const TAKEN: [Flow; 5] = [
    Flow::AccrualReversed,
    Flow::ExpiryReversed,
    Flow::Overdrawn,
    Flow::WrittenOff,
    Flow::SettledInCash,
];

/// Points of a member who is spared them.
const SPARED: [Flow; 3] = [
    Flow::WrittenOff,
    Flow::TransferWrittenOff,
    Flow::DebtForgiven,
];

pub fn check(state: &State, entry: &Entry<'_>, originals: &Originals) -> Finding {
    let is_reversal = matches!(entry.request.command, Command::Reverse(_));
    if !is_reversal || entry.code != Code::Applied {
        return parked::check(entry, originals);
    }
    let found = originals.original.as_deref();
    let original = found.filter(|original| original.sequence == entry.original);
    let original = original.ok_or("the entry it reverses was not found")?;
    check_wallets(state, entry, original)?;
    if let Command::Reverse(_) = original.request.command {
        return undone_reversal::check(entry, original, originals);
    }
    let drawn = Drawn::by(original, originals);
    for movement in own(entry) {
        check_movement(entry, original, &drawn, movement)?;
    }
    let entries = || [original].into_iter().chain(originals.history().rev());
    for effect in &entry.effects {
        check_counted(effect, entries())?;
    }
    let latest = originals.latest.as_deref().unwrap_or(original);
    let before = latest.figures;
    check_sums(entry, original, &before)?;
    match &original.request.command {
        Command::Purchase(purchase) if original.code.class() == Class::Applied => {
            check_goods(state, entry, original, purchase, latest)
        }
        Command::Transfer(_) if original.code.class() == Class::Applied => {
            transfer::check_return(entry, original)
        }
        _ => Ok(()),
    }
}

/// Only wallets that the original changed, or asked about, change again.
fn check_wallets(state: &State, entry: &Entry<'_>, original: &Entry<'_>) -> Finding {
    let asked = match original.code.class() {
        Class::Refused => state.asked_wallet(original),
        _ => None,
    };
    let is_of_it = |wallet: WalletId| {
        let mut changed = original.effects.iter();
        asked == Some(wallet) || changed.any(|effect| effect.wallet == wallet)
    };
    demand(
        entry.effects.iter().all(|effect| is_of_it(effect.wallet)),
        "it changes a wallet that its original did not",
    )
}

fn check_sums(entry: &Entry<'_>, original: &Entry<'_>, before: &Figures) -> Finding {
    let figures = &entry.figures;
    let is_purchase = matches!(original.request.command, Command::Purchase(_));
    let back = moved(entry, &[Flow::RedemptionReversed]);
    let taken = moved(entry, &TAKEN);
    let others = [
        Flow::AdjustmentReturned,
        Flow::AdjustedDown,
        Flow::AdjustOverdrawn,
        Flow::TransferredIn,
    ];
    let awarded = if is_purchase {
        taken
    } else {
        taken + back + moved(entry, &others)
    };
    let money = if is_purchase { figures.requested } else { 0 };
    let (of_points, of_spent) = match is_purchase {
        true => (0, figures.charged),
        false => (figures.charged, 0),
    };
    let steps = [
        figures.awarded == awarded,
        figures.spent == if is_purchase { back } else { 0 },
        figures.charged <= 0 && (figures.charged == 0 || figures.spent == 0),
        figures.spared == moved(entry, &SPARED),
        // What the store paid is reversed without moving a point.
        figures.reversed_points - before.reversed_points == awarded - of_points,
        figures.reversed_money - before.reversed_money == money,
        figures.reversed_spent - before.reversed_spent == figures.spent - of_spent,
        figures.reversed_expired - before.reversed_expired == moved(entry, &[Flow::ExpiryReversed]),
        is_purchase || figures.requested == awarded - figures.charged,
    ];
    demand(
        steps == [true; 9],
        "its sums do not continue those of the reversals before it",
    )
}

/// The money of a return, and the lines of the purchase that came back.
fn check_goods(
    state: &State,
    entry: &Entry<'_>,
    original: &Entry<'_>,
    purchase: &Purchase<'_>,
    latest: &Entry<'_>,
) -> Finding {
    let figures = &entry.figures;
    let program = &state.objects.programs[original.program as usize];
    let worth = |points: i64| program.spending.worth(points);
    let given_back = figures.spent - figures.charged;
    let points_worth = worth(figures.reversed_spent) - worth(figures.reversed_spent - given_back);
    let charged = moved(entry, &[Flow::SettledInCash]);
    demand(
        figures.kept_back == worth(charged)
            && figures.cash + figures.kept_back + points_worth == figures.requested,
        "points and money do not add up to what is returned",
    )?;
    let (returned, before) = (Returned::so_far(entry), Returned::so_far(latest));
    let lines = Returned::of_lines(&program.earning, purchase, &returned.lines);
    let sums = (returned.by_lines, returned.eligible_by_lines);
    let grows = before
        .lines
        .iter()
        .all(|(place, quantity)| returned.quantity(*place) >= *quantity);
    demand(
        returned.fits(purchase) && grows && sums == (lines.by_lines, lines.eligible_by_lines),
        "other lines are returned than were bought",
    )?;
    let amount = purchase.amount.minor_units;
    demand(
        returned.money <= amount && returned.by_lines <= returned.money,
        "more is returned than was bought",
    )?;
    demand(
        figures.reversed_points <= original.figures.awarded
            && figures.reversed_spent <= original.figures.spent + original.figures.charged,
        "more points are reversed than there were",
    )
}

fn check_movement(
    entry: &Entry<'_>,
    original: &Entry<'_>,
    drawn: &Drawn,
    movement: &Movement,
) -> Finding {
    let lot = &movement.lot;
    match movement.flow {
        Flow::RedemptionReversed | Flow::AdjustmentReturned | Flow::TransferredIn => demand(
            drawn.has(lot) || (lot.id.sequence() == entry.sequence && drawn.is_succeeded_by(lot)),
            "points come back to a lot they were not drawn from",
        ),
        Flow::ExpiryReversed | Flow::Reinstated => demand(
            lot.origin == original.sequence || lot.id.sequence() == original.sequence,
            "expired points of another entry are counted",
        ),
        _ => Ok(()),
    }
}

/// Points that count as taken are gone of their lots, as their wallet's entries since the original tell.
pub fn check_counted<'e>(
    effect: &Effect,
    entries: impl Iterator<Item = &'e Entry<'static>>,
) -> Finding {
    let counts = |movement: &Movement| movement.flow == Flow::ExpiryReversed;
    let Some(first) = effect.movements.iter().position(counts) else {
        return Ok(());
    };
    let mut gone = gone_of_wallet(effect.wallet, entries, &effect.movements[..first], |_| true);
    for counted in effect.parts(Flow::ExpiryReversed) {
        let known = gone.get_mut(&counted.id);
        let known = known.filter(|known| known.same_lot(&counted.part(known.amount)));
        let known = known.filter(|known| known.amount >= counted.amount);
        known
            .ok_or("it counts points as taken that are not gone of their lot")?
            .amount -= counted.amount;
    }
    Ok(())
}

/// What an entry itself moved.
pub fn own<'e>(entry: &'e Entry<'_>) -> impl Iterator<Item = &'e Movement> {
    let movements = entry.effects.iter().flat_map(|effect| &effect.movements);
    movements.filter(|movement| movement.due_at.is_none())
}

/// How many points an entry itself moved by these flows.
pub fn moved(entry: &Entry<'_>, flows: &[Flow]) -> i64 {
    let of_flows = own(entry).filter(|movement| flows.contains(&movement.flow));
    of_flows
        .map(|movement| movement.lot.amount)
        .fold(0, i64::saturating_add)
}

const OUT: [Flow; 4] = [
    Flow::Redeemed,
    Flow::Captured,
    Flow::AdjustedDown,
    Flow::TransferredOut,
];
/// The same, where a reversal was undone.
const AGAIN: [Flow; 4] = [
    Flow::ReturnTaken,
    Flow::AdjustedDown,
    Flow::TransferredOut,
    Flow::Reinstated,
];

const BACK: [Flow; 3] = [
    Flow::RedemptionReversed,
    Flow::AdjustmentReturned,
    Flow::TransferredIn,
];

/// What an original drew, in the orders in which it is asked for.
struct Drawn {
    by_id: Vec<Lot>,
    sources: Vec<(u64, TermsId)>,
}

impl Drawn {
    /// Also what was drawn anew when a reversal of it was undone.
    fn by(original: &Entry<'_>, originals: &Originals) -> Drawn {
        let undone = |entry: &&Entry<'_>| {
            let mut facts = entry.facts.iter();
            let reopened = Fact::Reopened {
                original: original.sequence,
            };
            facts.any(|fact| *fact == reopened)
        };
        let again = originals.history().filter(undone);
        let again = again.flat_map(|entry| &entry.effects);
        let gone_out = |effect: &Effect, flows: &[Flow]| {
            let parts = flows.iter().flat_map(|flow| effect.parts(*flow).copied());
            parts.collect::<Vec<Lot>>()
        };
        let given_back = originals
            .history()
            .filter(|entry| entry.original == original.sequence && entry.code == Code::Applied);
        let given_back = given_back.flat_map(|entry| &entry.effects);
        let first = original.effects.iter();
        let mut by_id: Vec<Lot> = first
            .flat_map(|effect| gone_out(effect, &OUT))
            .chain(again.flat_map(|effect| gone_out(effect, &AGAIN)))
            // Points that were never taken again are still of the lot they had come back to.
            .chain(given_back.flat_map(|effect| gone_out(effect, &BACK)))
            .collect();
        by_id.sort_unstable_by_key(|lot| lot.id);
        let mut sources: Vec<_> = by_id.iter().map(|lot| (lot.origin, lot.terms)).collect();
        let overdrawn = moved(original, &[Flow::RedeemOverdrawn, Flow::AdjustOverdrawn]);
        if overdrawn > 0 {
            sources.push((original.sequence, TermsId::NONE));
        }
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

    /// Whether a lot takes over points of a drawn one.
    fn is_succeeded_by(&self, later: &Lot) -> bool {
        let source = (later.origin, later.terms);
        !later.id.is_earned() && self.sources.binary_search(&source).is_ok()
    }
}
