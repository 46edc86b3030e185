//! Reversal of a reversal: its original is open again. What was taken returns, what was given back is taken again.

use smallvec::SmallVec;

use super::super::entry::{Balance, Effect, Entry, Fact, Figures, Flow, WalletId};
use super::super::lot::Lot;
use super::super::program::Shortfall;
use super::super::rejection::{Class, Code, Rejection};
use super::super::request::{Command, Part};
use super::case::{Case, Verdict};
use super::clawback::line_facts;
use super::draft::Draft;
use super::draw_order::sort_by_draw;
use super::draws::Draws;
use super::lines::{Returned, lines_of};
use super::shortfall::{Booking, policy_of};
use super::take_of::{OwnPart, available_of, take_of};
use super::{gone, reopen};

/// Undoes a reversal, once and whole.
pub fn decide<'a>(
    case: &mut Case<'_>,
    reversal: &Entry<'static>,
) -> Result<Verdict<'a>, Rejection> {
    let wallet = reversal.effects.first().map(|effect| effect.wallet);
    if case.originals.latest.is_some() {
        let balance = wallet.map(|wallet| case.draft(wallet).balance());
        let balance = balance.unwrap_or_default();
        return Ok(Verdict::refused(Code::AlreadyReversed, 0, balance).about(reversal.sequence));
    }
    let root = case.originals.root.as_deref();
    let Some(root) = root.filter(|root| root.code.class() == Class::Applied) else {
        return Ok(case.nothing_to_undo(reversal));
    };
    let verdict = match &root.request.command {
        Command::Purchase(_) | Command::Accrue(_) | Command::Redeem(_) | Command::Capture(_) => {
            undo(case, reversal, root)
        }
        Command::Adjust(_) | Command::Transfer(_) => reopen::decide(case, reversal, root),
        _ => return Err(Rejection::plain(Code::NotReversible)),
    };
    Ok(verdict.about(reversal.sequence))
}

/// A reversal is undone whole, and its undo is not undone.
pub fn check_whole(reversal: &Entry<'_>, part: &Part) -> Result<(), Rejection> {
    if undoes(reversal) {
        let message = "what undid a reversal is not undone itself: reverse the original again";
        return Err(Rejection::new(Code::NotReversible, message));
    }
    if *part != Part::Rest {
        let message = "a reversal is undone whole: give neither points, amount nor lines";
        return Err(Rejection::new(Code::WrongUnit, message));
    }
    Ok(())
}

/// Whether a reversal is one of a reversal.
pub fn undoes(reversal: &Entry<'_>) -> bool {
    let mut facts = reversal.facts.iter();
    facts.any(|fact| matches!(fact, Fact::Reopened { .. }))
}

fn undo<'a>(case: &mut Case<'_>, reversal: &Entry<'static>, root: &Entry<'static>) -> Verdict<'a> {
    let mut drafts: SmallVec<[Draft; 2]> = SmallVec::new();
    let effects = of_points(reversal);
    for effect in &effects {
        drafts.push(case.draft(effect.wallet));
    }
    let before = drafts.first().map_or(Balance::default(), Draft::balance);
    for (draft, effect) in drafts.iter_mut().zip(&effects) {
        return_taken(case, draft, effect, reversal, root);
    }
    let mut spared = 0;
    for (draft, effect) in drafts.iter_mut().zip(&effects) {
        let given: i64 = sum(effect, Flow::RedemptionReversed);
        let shortfall = policy_of(case, reversal);
        match take_again(case, draft, root, given, Booking::RETURN, shortfall) {
            Ok(written_off) => spared += written_off,
            Err(code) => return Verdict::refused(code, 0, before),
        }
    }
    let restored = drafts
        .iter()
        .flat_map(|draft| draft.parts(Flow::ExpiryRestored));
    let restored: i64 = restored.map(|lot| lot.amount).sum();
    let (sums, returned) = open_again(case, reversal, root);
    let figures = Figures {
        spared,
        charged: -reversal.figures.charged,
        reversed_expired: sums.reversed_expired - restored,
        ..sums
    };
    let verdict = Verdict::applied_to_all(drafts, before, figures);
    let mut facts = line_facts(&returned);
    facts.extend(charge_again(reversal));
    facts.push(Fact::Reopened {
        original: root.sequence,
    });
    Verdict {
        facts,
        ..Verdict::default()
    }
    .closed_by(verdict)
}

/// What a reversal did to wallets, beside those where it only took back rewards of referrals.
pub fn of_points<'e>(reversal: &'e Entry<'_>) -> SmallVec<[&'e Effect; 2]> {
    let takes_rewards = |effect: &Effect| {
        let mut own = effect.movements.iter().filter(|one| one.due_at.is_none());
        own.clone().next().is_some() && own.all(|movement| movement.flow.is_of_reward())
    };
    let effects = reversal.effects.iter().enumerate();
    let of_points = effects.filter(|(place, effect)| *place == 0 || !takes_rewards(effect));
    of_points.map(|(_, effect)| effect).collect()
}

/// A store that was given back what it had paid pays it again.
fn charge_again<'a>(reversal: &Entry<'static>) -> Option<Fact<'a>> {
    reversal.facts.iter().find_map(|fact| match fact {
        Fact::StoreCharged {
            store,
            currency,
            points,
        } => Some(Fact::StoreCharged {
            store: store.clone(),
            currency: *currency,
            points: -points,
        }),
        _ => None,
    })
}

/// What was taken returns to its lots; what was owed is owed no more, or comes as a new lot with the old dates as far
/// as it was paid or made good meanwhile.
fn return_taken(
    case: &mut Case<'_>,
    draft: &mut Draft,
    effect: &Effect,
    reversal: &Entry<'_>,
    root: &Entry<'_>,
) {
    let owed = sum(effect, Flow::Overdrawn);
    let forgiven = owed.min(draft.balance().debt);
    draft.forgive(Flow::DebtUndone, forgiven);
    let (written_off, open) = open_write_off(draft, effect, Flow::WrittenOff, reversal.sequence);
    draft.move_amount(Flow::WriteOffUndone, open.points, open.entry);
    draft.move_amount(Flow::CashUndone, sum(effect, Flow::SettledInCash), 0);
    let own = effect
        .movements
        .iter()
        .filter(|movement| movement.due_at.is_none());
    let mut returning: Vec<Lot> = Vec::new();
    for movement in own {
        match movement.flow {
            // What was gone is gone again; a member who has left forfeits it with the rest.
            Flow::ExpiryReversed if !draft.has_left() => {
                draft.take_part(Flow::ExpiryRestored, movement.lot);
            }
            Flow::AccrualReversed | Flow::ExpiryReversed => returning.push(movement.lot),
            _ => {}
        }
    }
    let back = owed - forgiven + (written_off - open.points);
    let own_lot = root_lot(root, effect.wallet);
    draft.make_room(&returning);
    for lot in returning.into_iter().rev() {
        restore(case, draft, lot);
    }
    if let Some(old) = own_lot.filter(|_| back > 0) {
        let id = case.lots.take_for(old.id);
        restore(case, draft, Lot { id, ..old }.part(back));
    }
}

fn restore(case: &Case<'_>, draft: &mut Draft, lot: Lot) {
    let pending = lot.activates_at > case.now && !draft.has_left();
    draft.put(Flow::AccrualRestored, Lot { pending, ..lot }, 0);
}

/// The lot that an original earned in a wallet.
fn root_lot(root: &Entry<'_>, wallet: WalletId) -> Option<Lot> {
    let mut effects = root.effects.iter().filter(|effect| effect.wallet == wallet);
    effects
        .find_map(|effect| effect.parts(Flow::Accrued).next())
        .copied()
}

/// What is left to be made good of a write-off.
pub struct OpenWriteOff {
    pub points: i64,
    /// 0 for one that is never made good.
    pub entry: u64,
}

/// How much a reversal wrote off, and what of it is still open.
pub fn open_write_off(
    draft: &Draft,
    effect: &Effect,
    flow: Flow,
    entry: u64,
) -> (i64, OpenWriteOff) {
    let written_off = sum(effect, flow);
    let mut own = effect.movements.iter();
    let is_named = own.any(|movement| movement.flow == flow && movement.hold == entry);
    if !is_named {
        let points = written_off;
        return (written_off, OpenWriteOff { points, entry: 0 });
    }
    let open = draft.wallet().write_offs().iter();
    let points = open
        .filter(|one| one.entry == entry)
        .map(|one| one.open)
        .sum();
    (written_off, OpenWriteOff { points, entry })
}

/// Takes the draws again that stand at the boundary of what stays given back: in their lots first, also what of them
/// is gone, then other available points; what is missing goes by the policy of the reversal. Tells what is written off.
pub fn take_again(
    case: &Case<'_>,
    draft: &mut Draft,
    root: &Entry<'static>,
    given: i64,
    booking: Booking,
    shortfall: Shortfall,
) -> Result<i64, Code> {
    if given == 0 {
        return Ok(0);
    }
    let draws = Draws::of(case, root, draft.id(), given_back(case, root));
    let order = case.program().currencies[usize::from(draft.id().currency)].draw_order;
    let mut slots: Vec<Lot> = Vec::new();
    for part in draws.first_back(given) {
        match slots.iter_mut().find(|slot| slot.id == part.id) {
            Some(slot) => slot.amount += part.amount,
            None => slots.push(part),
        }
    }
    sort_by_draw(draft.wallet(), order, &mut slots, |lot| lot);
    let gone = gone::since(case, root, draft, |_| true);
    let mut own = Vec::new();
    for slot in slots {
        let there = available_of(draft, &slot).min(slot.amount);
        own.push(OwnPart {
            lot: slot.part(there),
            is_gone: false,
        });
        let gone = gone.get(&slot.id).map_or(0, |lot| lot.amount);
        own.push(OwnPart {
            lot: slot.part(gone.min(slot.amount - there)),
            is_gone: true,
        });
    }
    take_of(case, draft, own, given, booking, shortfall)
}

/// Points of an original given back so far, as its latest follow-up tells.
fn given_back(case: &Case<'_>, root: &Entry<'static>) -> i64 {
    let latest = case.originals.root_latest.as_deref().unwrap_or(root);
    match root.request.command {
        Command::Purchase(_) => latest.figures.reversed_spent,
        _ => latest.figures.reversed_points,
    }
}

/// The sums of the original without this reversal, and what then is returned of a purchase.
fn open_again(case: &Case<'_>, reversal: &Entry<'_>, root: &Entry<'static>) -> (Figures, Returned) {
    let latest = case.originals.root_latest.as_deref().unwrap_or(root);
    let (sums, own) = (&latest.figures, &reversal.figures);
    let mut returned = Returned::so_far(latest);
    let is_purchase = matches!(root.request.command, Command::Purchase(_));
    // Points that a store had borne stand in the sum of those that paid, if anything was bought.
    let (of_points, of_spent) = match is_purchase {
        true => (0, own.charged),
        false => (own.charged, 0),
    };
    let mut figures = Figures {
        reversed_points: sums.reversed_points - own.awarded + of_points,
        reversed_spent: sums.reversed_spent - own.spent + of_spent,
        reversed_expired: sums.reversed_expired,
        ..Figures::default()
    };
    if let Command::Purchase(purchase) = &root.request.command {
        let rule = &case.state.objects.programs[root.program as usize].earning;
        for (place, quantity) in own_lines(case, reversal, root) {
            returned.take_line(rule, purchase, place, quantity);
        }
        if !is_by_lines(reversal) {
            returned.money -= own.requested;
        }
        figures.reversed_money = returned.money;
        figures.reversed_by_lines = returned.by_lines;
        figures.eligible_by_lines = returned.eligible_by_lines;
    }
    (figures, returned)
}

fn is_by_lines(reversal: &Entry<'_>) -> bool {
    match &reversal.request.command {
        Command::Reverse(reverse) => matches!(reverse.part, Part::Lines(_)),
        _ => false,
    }
}

/// How much of which lines a reversal returned: what its sums say beyond those before it.
fn own_lines(case: &Case<'_>, reversal: &Entry<'_>, root: &Entry<'static>) -> Vec<(u32, i64)> {
    if !is_by_lines(reversal) {
        return Vec::new();
    }
    let earlier = case.originals.history().find(|entry| {
        let follows = entry.follow_ups();
        let of_root = follows
            .iter()
            .any(|follow_up| follow_up.original == root.sequence);
        entry.sequence < reversal.sequence && of_root
    });
    let before = lines_of(earlier.unwrap_or(root));
    let before = |place: u32| {
        let found = before.iter().find(|(line, _)| *line == place);
        found.map_or(0, |(_, quantity)| *quantity)
    };
    let after = lines_of(reversal).into_iter();
    let own = after.map(|(place, quantity)| (place, quantity - before(place)));
    own.filter(|(_, quantity)| *quantity > 0).collect()
}

fn sum(effect: &Effect, flow: Flow) -> i64 {
    effect.parts(flow).map(|lot| lot.amount).sum()
}
