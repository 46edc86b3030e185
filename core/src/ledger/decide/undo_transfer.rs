//! Reversal of a transfer: the receiver gives up the moved lots, the last drawn first, and the giver's own lots refill
//! in that order.

use super::super::entry::{Entry, Figures, Flow};
use super::super::lot::Lot;
use super::super::program::{Shortfall, TransferShortfall};
use super::super::request::Reverse;
use super::case::{Case, Verdict};
use super::draft::Draft;
use super::draws::Draws;
use super::gone;
use super::share::Share;
use super::shortfall::Booking;
use super::take_of::{OwnPart, available_of, take_of};

pub fn decide<'a>(
    case: &mut Case<'_>,
    original: &Entry<'static>,
    reverse: &Reverse<'_>,
) -> Verdict<'a> {
    let [given, received] = original.effects.as_slice() else {
        unreachable!("audit found the giver's wallet and the receiver's");
    };
    let mut giver = case.draft(given.wallet);
    let before = giver.balance();
    let so_far = case.originals.so_far().reversed_points;
    let is_once = case.is_reversed_before(original);
    let share = match Share::of(original.figures.awarded, so_far, is_once, &reverse.part) {
        Ok(share) => share,
        Err((code, asked)) => return Verdict::refused(code, asked, before),
    };
    let mut receiver = case.draft(received.wallet);
    let own = own_parts(case, &receiver, original);
    let policy = policy(reverse.shortfall, case.program().reversal.transfer);
    let spared = match take_of(case, &mut receiver, own, share.asked, Booking::GIFT, policy) {
        Ok(spared) => spared,
        Err(code) => return Verdict::refused(code, share.asked, before),
    };
    let draws = Draws::of(case, original, given.wallet, share.reversed_before);
    let returning = draws.next_back(share.asked);
    giver.make_room(&returning);
    for lot in returning {
        giver.put_back(Flow::TransferredIn, lot, original.sequence);
    }
    let figures = Figures {
        requested: share.asked,
        awarded: share.asked,
        spared,
        reversed_points: share.reversed_after(),
        ..Figures::default()
    };
    Verdict::applied_to_all([giver, receiver], before, figures)
}

/// How missing points are dealt with; a transfer is blocked or leaves debt.
pub fn policy(stated: Option<Shortfall>, of_program: TransferShortfall) -> Shortfall {
    stated.unwrap_or(match of_program {
        TransferShortfall::Block => Shortfall::Block,
        TransferShortfall::Debt => Shortfall::Debt,
    })
}

/// The lots that came with a transfer, as they came: in each what is there before what is gone.
fn own_parts(case: &Case<'_>, receiver: &Draft, original: &Entry<'static>) -> Vec<OwnPart> {
    let came = original.effects[1].parts(Flow::TransferredIn);
    let gone = gone::since(case, original, receiver, |lot| {
        lot.id.sequence() == original.sequence
    });
    let mut own = Vec::new();
    for lot in came {
        let there = available_of(receiver, lot);
        own.push(OwnPart {
            lot: lot.part(there),
            is_gone: false,
        });
        own.extend(gone.get(&lot.id).map(|lot: &Lot| OwnPart {
            lot: *lot,
            is_gone: true,
        }));
    }
    own
}
