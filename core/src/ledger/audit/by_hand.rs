//! Corrections: points that move into lots of their own, expired points that are there again, debt that is forgiven.

use super::super::decide::{Expired, Originals};
use super::super::entry::{Effect, Entry, Flow, Movement};
use super::super::lot::Lot;
use super::super::rejection::Class;
use super::super::request::{Command, ExtendHold, ExtendLot, Reinstate};
use super::super::state::State;
use super::super::time::Instant;
use super::{Finding, demand};

/// Whether a correction does what its request says.
pub fn check(state: &State, entry: &Entry<'_>, originals: &Originals) -> Finding {
    let command = &entry.request.command;
    let corrects = matches!(
        command,
        Command::Reinstate(_)
            | Command::ExtendLot(_)
            | Command::ExtendHold(_)
            | Command::ForgiveDebt(_)
            | Command::Activate(_)
    );
    if !corrects || entry.code.class() != Class::Applied {
        return Ok(());
    }
    let [effect] = entry.effects.as_slice() else {
        return Err("a correction is about one wallet".to_owned());
    };
    let asked = state.asked_wallet(entry);
    demand(
        asked.is_none_or(|wallet| wallet == effect.wallet),
        "it corrects another wallet than its request names",
    )?;
    match command {
        Command::Reinstate(reinstate) => check_reinstated(entry, effect, reinstate, originals),
        Command::ExtendLot(extend) => check_moves(effect, |old, new| is_extended(old, new, extend)),
        Command::ExtendHold(extend) => check_hold(entry, effect, extend),
        Command::Activate(_) => {
            let now = entry.recorded_at.instant();
            let origin = entry.original;
            check_activated_in(effect, originals)?;
            check_moves(effect, |old, new| is_activated(old, new, origin, now))
        }
        _ => check_flows(effect, &[Flow::DebtForgiven]),
    }
}

/// Moves from lot to lot cost nothing, so nobody but these verbs makes them.
pub const fn moves_lots(command: &Command<'_>) -> bool {
    matches!(command, Command::ExtendLot(_) | Command::Activate(_))
}

fn own(effect: &Effect) -> impl Iterator<Item = &Movement> {
    let movements = effect.movements.iter();
    movements.filter(|movement| movement.due_at.is_none())
}

fn check_flows(effect: &Effect, flows: &[Flow]) -> Finding {
    demand(
        own(effect).all(|movement| flows.contains(&movement.flow)),
        "a correction moves points in another way than its verb",
    )
}

/// What leaves a lot comes into another at once: the same points, with their origin and terms.
fn check_moves(effect: &Effect, fits: impl Fn(&Lot, &Lot) -> bool) -> Finding {
    check_flows(effect, &[Flow::MovedOut, Flow::MovedIn])?;
    let moved: Vec<&Movement> = own(effect).collect();
    for pair in moved.chunks(2) {
        let [out, back] = pair else {
            return Err("points leave a lot for no other".to_owned());
        };
        let (old, new) = (&out.lot, &back.lot);
        let in_turn = (out.flow, back.flow) == (Flow::MovedOut, Flow::MovedIn);
        let alike = (old.amount, old.origin, old.terms, old.id.is_grace())
            == (new.amount, new.origin, new.terms, new.id.is_grace());
        demand(
            in_turn && alike && fits(old, new),
            "points move into a lot that cannot follow theirs",
        )?;
    }
    Ok(())
}

fn is_extended(old: &Lot, new: &Lot, extend: &ExtendLot<'_>) -> bool {
    old.id == extend.lot
        && new.expires_at == extend.expires_at
        && (new.activates_at, new.pending) == (old.activates_at, old.pending)
}

fn is_activated(old: &Lot, new: &Lot, origin: u64, now: Instant) -> bool {
    let dated = old.activates_at == Instant::NEVER || new.expires_at == old.expires_at;
    old.pending && !new.pending && new.activates_at == now && old.origin == origin && dated
}

/// The wallet is one that the original changed, where the original is at hand.
fn check_activated_in(effect: &Effect, originals: &Originals) -> Finding {
    let named = originals.original.as_deref();
    let earned_there = |original: &Entry<'_>| {
        let mut effects = original.effects.iter();
        effects.any(|earned| earned.wallet == effect.wallet)
    };
    demand(
        named.is_none_or(earned_there),
        "it activates what was earned in another wallet",
    )
}

fn check_hold(entry: &Entry<'_>, effect: &Effect, extend: &ExtendHold<'_>) -> Finding {
    check_flows(effect, &[])?;
    let now = entry.recorded_at.instant();
    let lapses_at = now.0.saturating_add(extend.ttl_micros);
    let fits = effect
        .opened
        .is_some_and(|opened| opened.hold == entry.original && opened.lapses_at.0 == lapses_at);
    demand(fits, "it extends another hold, or by another time")
}

/// The points are some of those that expired of the named lot, where the wallet's history is at hand.
fn check_reinstated(
    entry: &Entry<'_>,
    effect: &Effect,
    reinstate: &Reinstate<'_>,
    originals: &Originals,
) -> Finding {
    check_flows(effect, &[Flow::Reinstated])?;
    let Some(again) = own(effect).map(|movement| movement.lot).next() else {
        return Ok(());
    };
    demand(
        own(effect).count() == 1
            && again.id.sequence() == entry.sequence
            && again.activates_at == entry.recorded_at.instant()
            && again.id.is_grace() == reinstate.lot.is_grace()
            && reinstate
                .expires_at
                .is_none_or(|expires_at| expires_at == again.expires_at),
        "what is reinstated is a lot of its own, there from now on",
    )?;
    if originals.history.is_empty() {
        return Ok(());
    }
    let time = effect.movements.iter();
    let time: Vec<Movement> = time
        .take_while(|movement| movement.due_at.is_some())
        .copied()
        .collect();
    let entries = originals.history().rev();
    let expired = Expired::of(effect.wallet, entries, &time, |lot| lot.id == reinstate.lot);
    let gone = expired
        .lot(reinstate.lot)
        .ok_or("it reinstates a lot that was never there")?;
    demand(
        gone.amount >= again.amount && (gone.origin, gone.terms) == (again.origin, again.terms),
        "it reinstates what has not expired of its lot",
    )
}
