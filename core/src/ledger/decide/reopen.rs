//! The undo of a reversed adjustment or transfer: all that was taken comes back, what was given back is taken again.

use smallvec::{SmallVec, smallvec};

use super::super::entry::{Balance, Effect, Entry, Fact, Figures, Flow, Movement};
use super::super::lot::Lot;
use super::super::program::Shortfall;
use super::super::request::Command;
use super::case::{Case, Verdict};
use super::draft::Draft;
use super::shortfall::Booking;
use super::undo_reversal::take_again;
use super::{undo_adjust, undo_transfer};

pub fn decide<'a>(
    case: &mut Case<'_>,
    reversal: &Entry<'static>,
    root: &Entry<'static>,
) -> Verdict<'a> {
    let rules = Rules::of(case, reversal, root);
    let mut drafts: SmallVec<[Draft; 2]> = SmallVec::new();
    for effect in &reversal.effects {
        drafts.push(case.draft(effect.wallet));
    }
    let before = drafts.first().map_or(Balance::default(), Draft::balance);
    let mut spared = 0;
    for (place, (draft, effect)) in drafts.iter_mut().zip(&reversal.effects).enumerate() {
        if place != rules.taker {
            return_taken(case, draft, effect, root, &rules);
            continue;
        }
        let given = effect.parts(rules.back).map(|lot| lot.amount).sum();
        match take_again(case, draft, root, given, rules.booking, rules.shortfall) {
            Ok(written_off) => spared += written_off,
            Err(code) => return Verdict::refused(code, 0, before),
        }
    }
    let latest = case.originals.root_latest.as_deref().unwrap_or(root);
    let figures = Figures {
        spared,
        reversed_points: latest.figures.reversed_points - reversal.figures.awarded,
        ..Figures::default()
    };
    let reopened = Fact::Reopened {
        original: root.sequence,
    };
    Verdict {
        facts: smallvec![reopened],
        ..Verdict::default()
    }
    .closed_by(Verdict::applied_to_all(drafts, before, figures))
}

/// What points are booked on, and whose wallet had got some back.
struct Rules {
    booking: Booking,
    back: Flow,
    /// Place of the wallet that got points back by the reversal; none of an adjustment upwards.
    taker: usize,
    shortfall: Shortfall,
}

impl Rules {
    fn of(case: &Case<'_>, reversal: &Entry<'_>, root: &Entry<'_>) -> Rules {
        let program = &case.state.objects.programs[reversal.program as usize].reversal;
        let stated = match &reversal.request.command {
            Command::Reverse(reverse) => reverse.shortfall,
            _ => None,
        };
        match &root.request.command {
            Command::Adjust(adjust) => Rules {
                booking: Booking::ADJUSTMENT,
                back: Flow::AdjustmentReturned,
                taker: if adjust.points < 0 { 0 } else { usize::MAX },
                shortfall: undo_adjust::policy(stated, program.shortfall),
            },
            _ => Rules {
                booking: Booking::GIFT,
                back: Flow::TransferredIn,
                taker: 0,
                shortfall: undo_transfer::policy(stated, program.transfer),
            },
        }
    }
}

/// What was missing comes first, as a lot with the old dates, which pays the debt it left; then what was taken returns
/// to its lots, the last taken first.
fn return_taken(
    case: &mut Case<'_>,
    draft: &mut Draft,
    effect: &Effect,
    root: &Entry<'_>,
    rules: &Rules,
) {
    let own = effect.movements.iter();
    let own: Vec<&Movement> = own.filter(|movement| movement.due_at.is_none()).collect();
    let amount = |movement: &&Movement| movement.lot.amount;
    let is_missing = |movement: &&&Movement| {
        movement.flow == rules.booking.owed || Some(movement.flow) == rules.booking.written_off
    };
    let mut missing: i64 = own.iter().filter(is_missing).map(amount).sum();
    let mut returning: Vec<Lot> = Vec::new();
    for movement in &own {
        match movement.flow {
            flow if flow == rules.booking.taken => returning.push(movement.lot),
            // What was gone had paid debt before it was owed anew.
            Flow::Reinstated if movement.paid > 0 => {
                missing -= movement.paid;
                returning.push(movement.lot.part(movement.paid));
            }
            _ => {}
        }
    }
    let came = [Flow::AdjustedUp, Flow::TransferredIn];
    let mut effects = root
        .effects
        .iter()
        .filter(|root| root.wallet == effect.wallet);
    let old = effects.find_map(|root| came.iter().find_map(|flow| root.parts(*flow).next()));
    if let Some(old) = old.filter(|_| missing > 0) {
        let id = case.lots.take_for(old.id);
        draft.put(rules.back, Lot { id, ..*old }.part(missing), 0);
    }
    draft.make_room(&returning);
    for lot in returning.into_iter().rev() {
        draft.put(rules.back, lot, 0);
    }
}
