//! What tills spent while they were offline: who bears it, and that expired points come back only where they may.

use super::super::decide::{Expired, Originals};
use super::super::entry::{Effect, Entry, Fact, Flow, Movement};
use super::super::lot::Lot;
use super::super::rejection::Class;
use super::super::request::Command;
use super::super::time::Instant;
use super::{Finding, demand};

/// Whether what an entry says of offline tills, of activity and of what these bring back holds.
pub fn check(entry: &Entry<'_>, originals: &Originals) -> Finding {
    if entry.code.class() != Class::Applied {
        return demand(entry.figures.charged == 0, "a refusal charges nobody");
    }
    check_facts(entry, originals)?;
    for effect in &entry.effects {
        demand(
            effect.inactive_at == Instant::NEVER || is_activity(&entry.request.command),
            "it moves a wallet's date without being activity",
        )?;
        check_reinstated(entry, effect, originals)?;
    }
    Ok(())
}

const fn is_activity(command: &Command<'_>) -> bool {
    matches!(
        command,
        Command::Purchase(_) | Command::Accrue(_) | Command::Redeem(_) | Command::Capture(_)
    )
}

/// What was spent offline is either borne by the store, or uses up the member's allowance.
fn check_facts(entry: &Entry<'_>, originals: &Originals) -> Finding {
    let figures = &entry.figures;
    let (mut charges, mut used) = (0, 0);
    for fact in &entry.facts {
        match fact {
            Fact::StoreCharged { store, points, .. } => {
                // What had waited for the entry gives some of it back at once.
                charges += i32::from(*points == figures.charged);
                check_charge(entry, originals, store, *points)?;
            }
            Fact::OfflineUsed { member, points, .. } => {
                used += points;
                let is_own = |effect: &Effect| effect.wallet.member == *member;
                demand(
                    entry.effects.iter().any(is_own),
                    "it uses up the allowance of another member",
                )?;
            }
            _ => {}
        }
    }
    demand(
        charges == i32::from(figures.charged != 0),
        "points are charged to no store, or to several",
    )?;
    let spends = matches!(
        entry.request.command,
        Command::Redeem(_) | Command::Capture(_) | Command::Purchase(_)
    );
    let is_offline = spends && entry.request.is_offline();
    let spent = match is_offline {
        true => moved(entry, &[Flow::Redeemed, Flow::RedeemOverdrawn]),
        false => 0,
    };
    demand(
        used == spent && (is_offline || moved(entry, &[Flow::RedeemOverdrawn]) == 0),
        "what is spent offline is not what its day's allowance tells",
    )?;
    let goes_whole = match &entry.request.command {
        Command::Redeem(_) | Command::Capture(_) => {
            figures.requested == figures.awarded + figures.charged
                && (figures.charged == 0 || figures.awarded == 0)
        }
        _ => true,
    };
    demand(goes_whole, "what is spent is neither taken nor charged")
}

fn check_charge(entry: &Entry<'_>, originals: &Originals, store: &str, points: i64) -> Finding {
    let request = &entry.request;
    let original = originals.original.as_deref();
    if points > 0 && matches!(request.command, Command::Reverse(_)) {
        let gave_back = |fact: &Fact<'_>| match fact {
            Fact::StoreCharged {
                store: credited,
                points: before,
                ..
            } => credited == store && *before == -points,
            _ => false,
        };
        return demand(
            original.is_some_and(|original| original.facts.iter().any(gave_back)),
            "it charges a store for what was not given back to it",
        );
    }
    if points > 0 {
        let is_own = request.is_offline() && store == request.store();
        return demand(
            is_own && is_activity(&request.command),
            "it charges a store for what was not spent there offline",
        );
    }
    // What had waited for the entry is given back to the store that the entry itself charges.
    let is_credit = match (&request.command, original) {
        (Command::Reverse(_), None) => true,
        (Command::Reverse(_), Some(original)) => credits(entry, original, store),
        _ => credits(entry, entry, store),
    };
    demand(is_credit, "it credits a store for what it did not bear")
}

/// Whether an entry gives back to a store at most what another has charged it.
fn credits(entry: &Entry<'_>, charging: &Entry<'_>, store: &str) -> bool {
    let charged = |fact: &Fact<'_>| match fact {
        Fact::StoreCharged {
            store: charged,
            points,
            ..
        } => charged == store && *points > 0,
        _ => false,
    };
    let reversed = match &charging.request.command {
        Command::Purchase(_) => entry.figures.reversed_spent,
        _ => entry.figures.reversed_points,
    };
    charging.facts.iter().any(charged) && reversed <= charging.figures.charged
}

/// Points that are there again had expired: by inactivity after late activity occurred, or of a hold captured offline.
fn check_reinstated(entry: &Entry<'_>, effect: &Effect, originals: &Originals) -> Finding {
    let mut again: Vec<Lot> = Vec::new();
    for lot in effect.parts(Flow::Reinstated) {
        match again.iter_mut().find(|known| known.id == lot.id) {
            Some(known) => known.amount += lot.amount,
            None => again.push(*lot),
        }
    }
    // By hand, or to be taken at once by a reversal, it is looked at there.
    let elsewhere = matches!(
        entry.request.command,
        Command::Reinstate(_) | Command::Reverse(_)
    );
    if again.is_empty() || elsewhere {
        return Ok(());
    }
    let held = held_by(entry, originals);
    let may_return = |lot: &Lot| {
        lot.expires_at == Instant::WITH_WALLET
            || held.iter().any(|part| part.same_lot(&lot.part(0)))
    };
    demand(
        is_activity(&entry.request.command) && again.iter().all(may_return),
        "it reinstates points that nothing brings back",
    )?;
    let time = effect.movements.iter();
    let time: Vec<Movement> = time
        .take_while(|movement| movement.due_at.is_some())
        .copied()
        .collect();
    let entries = originals.history().rev();
    let is_one = |lot: &Lot| again.iter().any(|known| known.id == lot.id);
    let expired = Expired::of(effect.wallet, entries, &time, is_one);
    let had_expired = |lot: &Lot| {
        let gone = expired.lot(lot.id);
        gone.is_some_and(|gone| gone.amount >= lot.amount && gone.same_lot(&lot.part(gone.amount)))
    };
    demand(
        again.iter().all(had_expired),
        "it reinstates what has not expired of its lot",
    )
}

/// The lots of a hold that was captured offline, without their points.
fn held_by(entry: &Entry<'_>, originals: &Originals) -> Vec<Lot> {
    let original = originals.original.as_deref();
    let captured = original.filter(|_| entry.request.is_offline());
    let effects = captured.into_iter().flat_map(|original| &original.effects);
    let parts = effects.flat_map(|effect| effect.parts(Flow::Held));
    parts.map(|lot| lot.part(0)).collect()
}

fn moved(entry: &Entry<'_>, flows: &[Flow]) -> i64 {
    let movements = entry.effects.iter().flat_map(|effect| &effect.movements);
    let own =
        movements.filter(|movement| movement.due_at.is_none() && flows.contains(&movement.flow));
    own.map(|movement| movement.lot.amount).sum()
}
