//! Effects: every movement must fit its wallet, and together they must explain the balance they state.

use super::super::bounds::{WALLET_LOTS, WALLET_POINTS};
use super::super::entry::{Balance, Effect, Entry, Fact, Flow, LotCounter, Movement, Opened, Way};
use super::super::lot::{Lot, LotId, TermsId, is_of_reward, origin_of_reward};
use super::super::members::Member;
use super::super::outlook::Outlook;
use super::super::request::Command;
use super::super::state::State;
use super::super::time::Instant;
use super::super::wallet::Wallet;
use super::{Finding, by_hand, demand};

pub fn check(state: &State, entry: &Entry<'_>) -> Finding {
    let mut made = LotCounter::new(entry.sequence);
    for (place, effect) in entry.effects.iter().enumerate() {
        let again = entry.effects[..place]
            .iter()
            .any(|other| other.wallet == effect.wallet);
        demand(!again, "it has two effects on one wallet")?;
        let currencies = state.objects.program().currencies.len();
        demand(
            usize::from(effect.wallet.currency) < currencies,
            "it names a currency that is not there",
        )?;
        let empty = Wallet::default();
        let wallet = match member_of(state, entry, effect)? {
            Some(member) => {
                demand(
                    !member.status.has_left() || effect.after == Balance::default(),
                    "it leaves something to a member who has left",
                )?;
                member.wallet(effect.wallet.currency).unwrap_or(&empty)
            }
            None => &empty,
        };
        check_effect(state, entry, effect, wallet, &mut made).map_err(|reason| {
            format!(
                "on the wallet of member number {}: {reason}",
                effect.wallet.member
            )
        })?;
    }
    Ok(())
}

/// The member of an effect; `None` for one that this entry enrols.
fn member_of<'s>(
    state: &'s State,
    entry: &Entry<'_>,
    effect: &Effect,
) -> Result<Option<&'s Member>, String> {
    let number = effect.wallet.member;
    if number < state.objects.member_count() {
        return Ok(Some(state.objects.member(number)));
    }
    let enrols =
        |fact: &Fact<'_>| matches!(fact, Fact::MemberEnrolled { member, .. } if *member == number);
    if entry.facts.iter().any(enrols) {
        Ok(None)
    } else {
        Err("it names a member that is not there".to_owned())
    }
}

fn check_effect(
    state: &State,
    entry: &Entry<'_>,
    effect: &Effect,
    before: &Wallet,
    made: &mut LotCounter,
) -> Finding {
    let now = entry.recorded_at.instant();
    demand(
        effect.previous == before.last,
        "it links to another entry than the wallet's last",
    )?;
    for movement in &effect.movements {
        check_lot(state, entry, effect.wallet.member, movement, made)?;
        demand(
            movement.due_at.is_none_or(|due_at| due_at <= now),
            "it moves points before they are due",
        )?;
    }
    let after = match lone_lot(effect, before) {
        Some(lot) => {
            check_movement(before, &effect.movements[0])?;
            before.outlook_with(lot)
        }
        None => step_by_step(entry, effect, before)?,
    };
    let stated = (effect.after, effect.next_activation, effect.next_expiry);
    demand(
        stated.0 == after.balance,
        "the stated balance is not what the lots add up to",
    )?;
    demand(
        stated.1 == after.next_activation,
        "the stated next activation is not the wallet's",
    )?;
    demand(
        stated.2 == after.next_expiry,
        "the stated next expiry is not the wallet's",
    )?;
    let change = after.balance.outstanding() - before.balance().outstanding();
    let gained: i128 = effect.movements.iter().map(gain).sum();
    demand(
        change == gained,
        "what came in and went out does not explain the balance",
    )?;
    demand(
        after.next_due > now,
        "time has moved points that it does not state",
    )?;
    check_bounds(&after)?;
    let grows = effect.movements.iter().any(Movement::makes_lot);
    demand(
        !grows || after.lots <= WALLET_LOTS,
        "the wallet has too many lots",
    )
}

/// The new lot that is all that happened to a plain wallet.
fn lone_lot<'e>(effect: &'e Effect, before: &Wallet) -> Option<&'e Lot> {
    match effect.movements.as_slice() {
        [
            Movement {
                flow: Flow::Accrued | Flow::AdjustedUp | Flow::Rewarded,
                lot,
                ..
            },
        ] if !lot.is_frozen()
            && effect.opened.is_none()
            && effect.inactive_at == Instant::NEVER =>
        {
            before.is_plain().then_some(lot)
        }
        _ => None,
    }
}

/// Applies the movements to a copy of the wallet, each checked first.
fn step_by_step(entry: &Entry<'_>, effect: &Effect, before: &Wallet) -> Result<Outlook, String> {
    let mut wallet = before.clone();
    if let Some(opened) = effect.opened {
        let of_this_verb = match entry.request.command {
            Command::Authorize(_) => opened.hold == entry.sequence,
            Command::ExtendHold(_) => wallet.hold(opened.hold).is_some(),
            _ => false,
        };
        let lives = opened.lapses_at > entry.recorded_at.instant();
        demand(of_this_verb && lives, "it opens a hold that is not its own")?;
        wallet.open(opened);
    }
    wallet.make_room(&effect.movements);
    for movement in &effect.movements {
        check_movement(&wallet, movement)?;
        wallet.apply(movement);
    }
    if effect.inactive_at != Instant::NEVER {
        let before = wallet.inactive_at();
        demand(
            before == Instant::NEVER || before <= effect.inactive_at,
            "its wallet's date of inactivity goes backwards",
        )?;
        wallet.set_inactive_at(effect.inactive_at);
    }
    let filled = |opened: Opened| {
        wallet
            .hold(opened.hold)
            .is_some_and(|hold| !hold.parts.is_empty())
    };
    demand(
        effect.opened.is_none_or(filled),
        "it opens a hold that holds nothing",
    )?;
    wallet.settle_down();
    demand(
        wallet.recomputed() == wallet.balance(),
        "the wallet's sums do not match its lots",
    )?;
    Ok(wallet.outlook())
}

fn check_movement(wallet: &Wallet, movement: &Movement) -> Finding {
    let lot = movement.lot.id.0;
    wallet
        .check(movement)
        .map_err(|reason| format!("{:?} of lot {lot}: {reason}", movement.flow))
}

fn check_bounds(after: &Outlook) -> Finding {
    let Balance {
        pending,
        available,
        held,
        debt,
    } = after.balance;
    let parts = [pending, available, held, debt];
    demand(
        parts.iter().all(|part| (0..=WALLET_POINTS).contains(part)),
        "a part of the balance is out of bounds",
    )?;
    demand(
        debt == 0 || available == 0,
        "points are available while there is debt",
    )
}

/// Whether a movement's lot can be what it says: its maker, its origin, its terms.
fn check_lot(
    state: &State,
    entry: &Entry<'_>,
    member: u32,
    movement: &Movement,
    made: &mut LotCounter,
) -> Finding {
    let lot = &movement.lot;
    let makes = lot.id.sequence() == entry.sequence;
    match movement.flow {
        Flow::Accrued | Flow::AdjustedUp => {
            check_new(state, entry, lot)?;
        }
        flow if is_of_reward(lot.origin)
            && matches!(
                flow,
                Flow::Rewarded | Flow::MovedOut | Flow::MovedIn | Flow::RewardRestored
            ) =>
        {
            check_reward(entry, movement)?;
        }
        Flow::Rewarded => return Err("a reward comes from an entry".to_owned()),
        Flow::MovedOut | Flow::MovedIn if !by_hand::moves_lots(&entry.request.command) => {
            return Err("it moves points from lot to lot without being asked to".to_owned());
        }
        flow if flow.has_no_lot() => {
            let is_own = [0, entry.sequence].contains(&movement.hold) || !flow.writes_off();
            return demand(
                lot.id.0 == 0 && lot.origin == 0 && lot.terms.0 == 0 && is_own,
                "debt has no lot, and only an entry itself writes off",
            );
        }
        // What of a lot is gone is told by its wallet's past, and by what the entry itself has just done.
        Flow::ExpiryReversed | Flow::RewardExpiryTaken | Flow::RewardExpiryRestored => {}
        Flow::ExpiryRestored if !makes => {}
        Flow::AccrualReversed
        | Flow::RewardTaken
        | Flow::Forfeited
        | Flow::MadeGood
        | Flow::Expired => demand(
            lot.id.sequence() <= entry.sequence && lot.earned_by() <= lot.id.sequence(),
            "a lot names a later origin",
        )?,
        flow if matches!(flow.way(), Way::Back | Way::Restored) => {
            // What a transfer hands over is checked lot by lot against what left.
            if makes && !matches!(entry.request.command, Command::Transfer(_)) {
                demand(
                    lot.id.unmarked() == made.take(),
                    "a lot that takes points over names another place",
                )?;
            }
            demand(
                lot.id.sequence() <= entry.sequence && lot.earned_by() <= lot.id.sequence(),
                "a lot names a later origin",
            )?;
        }
        // An undo that had waited for a gift takes its part of it at once.
        Flow::AdjustedDown if makes => demand(
            matches!(&entry.request.command, Command::Adjust(gift) if gift.points > 0),
            "a lot that is drawn on was made before",
        )?,
        _ => demand(!makes, "a lot that is drawn on was made before")?,
    }
    demand(has_its_origin(lot), "a lot names another origin")?;
    check_dates(state, member, movement)?;
    check_terms(state, entry, lot)
}

/// A lot that the request itself earns.
fn check_new(state: &State, entry: &Entry<'_>, lot: &Lot) -> Finding {
    demand(
        lot.id == LotId::earned(entry.sequence),
        "a new lot names another maker, place or origin",
    )?;
    demand(
        lot.terms == terms_of(state, entry)?,
        "a new lot names other terms than the request",
    )?;
    let due = lot.activates_at > entry.recorded_at.instant();
    demand(
        lot.pending == due,
        "a new lot is pending exactly until it activates",
    )
}

/// A reward's lot, and lots that take its points over: whose rewards these are, and why they get other dates, is looked
/// at with the referrals.
fn check_reward(entry: &Entry<'_>, movement: &Movement) -> Finding {
    let lot = &movement.lot;
    if movement.flow != Flow::Rewarded {
        return demand(
            lot.id.sequence() <= entry.sequence && lot.earned_by() <= lot.id.sequence(),
            "a lot names a later origin",
        );
    }
    let makes = lot.id.sequence() == entry.sequence && lot.id.is_reward();
    let due = lot.activates_at > entry.recorded_at.instant();
    demand(
        makes && lot.terms == TermsId::NONE && lot.pending == due,
        "a reward names another maker or terms, or is pending for another time",
    )
}

/// Only points that an entry earned come from itself, and such as it overdrew and gave back at once.
fn has_its_origin(lot: &Lot) -> bool {
    if lot.id.is_reward() {
        return lot.origin == origin_of_reward(lot.id);
    }
    let of_itself = lot.origin == lot.id.sequence();
    match lot.id.is_earned() {
        true => of_itself,
        false => !of_itself || (lot.terms == TermsId::NONE && !lot.id.is_grace()),
    }
}

fn check_dates(state: &State, member: u32, movement: &Movement) -> Finding {
    let lot = &movement.lot;
    // What a closed member gave up while it waited is gone, whatever it waited for.
    let is_gone = || {
        let counts = movement.flow.counts_expired();
        let known = member < state.objects.member_count();
        counts || (known && state.objects.member(member).status.has_left())
    };
    let waits = || lot.activates_at == Instant::NEVER && (lot.pending || is_gone());
    demand(
        lot.expires_at > lot.activates_at || waits(),
        "a lot expires before it activates",
    )
}

fn check_terms(state: &State, entry: &Entry<'_>, lot: &Lot) -> Finding {
    let added = entry
        .facts
        .iter()
        .filter(|fact| matches!(fact, Fact::TermsAdded { .. }))
        .count();
    demand(
        (lot.terms.0 as usize) < state.objects.terms.len() + added,
        "a lot names terms that are not there",
    )
}

/// The terms that a lot made by this entry bears.
fn terms_of(state: &State, entry: &Entry<'_>) -> Result<TermsId, String> {
    let Command::Accrue(accrue) = &entry.request.command else {
        return Ok(TermsId::NONE);
    };
    if accrue.funder.is_none() && accrue.price.is_none() {
        return Ok(TermsId::NONE);
    }
    let added = entry.facts.iter().find_map(|fact| match fact {
        Fact::TermsAdded {
            terms,
            funder,
            price,
        } if *funder == accrue.funder && *price == accrue.price => Some(TermsId(*terms)),
        _ => None,
    });
    added
        .or_else(|| state.find_terms(accrue.funder.as_deref(), accrue.price.as_ref()))
        .ok_or_else(|| "its lot's terms are not there".to_owned())
}

/// What a movement adds to pending + available + held − debt.
const fn gain(movement: &Movement) -> i128 {
    let amount = movement.lot.amount as i128;
    match movement.flow.way() {
        Way::New | Way::Back | Way::Restored | Way::Forgiven => amount,
        Way::Out | Way::Taken | Way::Owes | Way::Captures => -amount,
        Way::Activates | Way::Noted | Way::Holds | Way::Releases => 0,
    }
}
