//! Checks an entry against the state it is about to change; the last gate before the journal and before every apply.

use super::bounds::{MEMBER_ALIASES, WALLET_LOTS, WALLET_POINTS};
use super::entry::{Balance, Effect, Entry, Fact, Flow, Movement};
use super::members::Member;
use super::program::Program;
use super::rejection::Class;
use super::request::{Command, Reference};
use super::state::State;
use super::time::Instant;
use super::wallet::Wallet;

/// An entry contradicts the state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("entry {sequence} contradicts the state: {reason}")]
pub struct AuditError {
    pub sequence: u64,
    pub reason: String,
}

type Finding = Result<(), String>;

/// Whether an entry follows from the state as it stands.
pub fn audit(state: &State, entry: &Entry<'_>) -> Result<(), AuditError> {
    check_place(state, entry)
        .and_then(|()| check_original(state, entry))
        .and_then(|()| check_facts(state, entry))
        .and_then(|()| check_effects(state, entry))
        .and_then(|()| check_figures(state, entry))
        .map_err(|reason| AuditError {
            sequence: entry.sequence,
            reason,
        })
}

fn demand(holds: bool, otherwise: &str) -> Finding {
    if holds {
        Ok(())
    } else {
        Err(otherwise.to_owned())
    }
}

fn check_place(state: &State, entry: &Entry<'_>) -> Finding {
    let objects = &state.objects;
    demand(
        entry.sequence == objects.sequence + 1,
        "its sequence is not the next",
    )?;
    demand(
        entry.recorded_at > objects.recorded_at,
        "it is recorded before its predecessor",
    )?;
    demand(
        entry.program == objects.program_version(),
        "it was decided under another program",
    )?;
    demand(
        entry.request.key.is_empty() || find_key(state, entry, &entry.request.key).is_none(),
        "its key was used",
    )?;
    match entry.code.class() {
        Class::Applied => Ok(()),
        Class::Refused => demand(
            entry.effects.is_empty() && entry.facts.is_empty(),
            "a refusal changes nothing",
        ),
        _ => Err(format!("{} is never recorded", entry.code.name())),
    }
}

fn check_original(state: &State, entry: &Entry<'_>) -> Finding {
    let named = match entry.request.command.reference() {
        None => 0,
        Some(_) if entry.code == super::rejection::Code::TooOld => 0,
        Some(Reference::Sequence(sequence)) => *sequence,
        Some(Reference::Key(key)) => {
            find_key(state, entry, key).ok_or("its original's key is unknown")?
        }
    };
    demand(
        entry.original == named,
        "it links to another entry than its request names",
    )?;
    demand(entry.original < entry.sequence, "it links to a later entry")
}

fn find_key(state: &State, entry: &Entry<'_>, key: &str) -> Option<u64> {
    state.keys.find(state.print(&entry.request.caller, key))
}

fn check_facts(state: &State, entry: &Entry<'_>) -> Finding {
    let objects = &state.objects;
    let (mut members, mut terms, mut programs) = (
        objects.member_count(),
        objects.terms.len() as u32,
        objects.programs.len() as u32,
    );
    for (place, fact) in entry.facts.iter().enumerate() {
        match fact {
            Fact::MemberEnrolled { member, id } => {
                demand(
                    *member == members && state.find_id(id).is_none(),
                    "it enrols a member out of turn or twice",
                )?;
                members += 1;
            }
            Fact::AliasAdded { member, alias } => {
                demand(*member < members, "it names a member that is not there")?;
                let held = if *member < objects.member_count() {
                    objects.member(*member).aliases().len()
                } else {
                    place
                };
                demand(
                    held < MEMBER_ALIASES + 1,
                    "it gives a member too many aliases",
                )?;
                let earlier = entry.facts[..place].iter();
                let twice = earlier.filter(|other| matches!(other, Fact::AliasAdded { alias: one, .. } if one.hash == alias.hash));
                demand(
                    state.find_alias(alias).is_none() && twice.count() == 0,
                    "it adds an alias that is held",
                )?;
            }
            Fact::AliasRemoved { member, alias } => {
                demand(
                    state.find_alias(alias) == Some(*member),
                    "it removes an alias that is not held",
                )?;
                let holds = |held: &super::members::HeldAlias| {
                    held.is(alias) && held.until == Instant::NEVER
                };
                demand(
                    objects.member(*member).aliases().iter().any(holds),
                    "it removes an alias of another kind",
                )?;
            }
            Fact::TermsAdded { terms: number, .. } => {
                demand(*number == terms, "it adds terms out of turn")?;
                terms += 1;
            }
            Fact::ProgramPublished { version, compiled } => {
                demand(*version == programs, "it publishes a program out of turn")?;
                Program::from_bytes(compiled)
                    .map_err(|error| format!("its program cannot be read: {error}"))?;
                programs += 1;
            }
        }
    }
    Ok(())
}

fn check_effects(state: &State, entry: &Entry<'_>) -> Finding {
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
            Some(member) => member.wallet(effect.wallet.currency).unwrap_or(&empty),
            None => &empty,
        };
        check_effect(state, entry, effect, wallet).map_err(|reason| {
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

fn check_effect(state: &State, entry: &Entry<'_>, effect: &Effect, before: &Wallet) -> Finding {
    let now = entry.recorded_at.instant();
    demand(
        effect.previous == before.last,
        "it links to another entry than the wallet's last",
    )?;
    let mut wallet = before.clone();
    if let Some(opened) = effect.opened {
        let fits = opened.hold == entry.sequence && opened.lapses_at > now;
        demand(
            fits && matches!(entry.request.command, Command::Authorize(_)),
            "it opens a hold that is not its own",
        )?;
        wallet.open(opened);
    }
    let mut gained = 0_i128;
    for movement in &effect.movements {
        check_lot(state, entry, movement)?;
        demand(
            movement.due_at.is_none_or(|due_at| due_at <= now),
            "it moves points before they are due",
        )?;
        wallet.check(movement).map_err(|reason| {
            format!("{:?} of lot {}: {reason}", movement.flow, movement.lot.id.0)
        })?;
        wallet.apply(movement);
        gained += gain(movement);
    }
    wallet.settle_down();
    let after = wallet.balance();
    demand(
        wallet.recomputed() == after,
        "the wallet's sums do not match its lots",
    )?;
    demand(
        effect.after == after,
        "the stated balance is not what the lots add up to",
    )?;
    let change = i128::from(after.outstanding()) - i128::from(before.balance().outstanding());
    demand(
        change == gained,
        "what came in and went out does not explain the balance",
    )?;
    check_bounds(&wallet, after)?;
    demand(
        wallet.next_due() > now,
        "time has moved points that it does not state",
    )?;
    let stated = (effect.next_activation, effect.next_expiry);
    demand(
        stated == (wallet.next_activation(), wallet.next_expiry()),
        "the stated next dates are not the wallet's",
    )
}

fn check_bounds(wallet: &Wallet, after: Balance) -> Finding {
    let Balance {
        pending,
        available,
        held,
        debt,
    } = after;
    let parts = [pending, available, held, debt];
    demand(
        parts.iter().all(|part| (0..=WALLET_POINTS).contains(part)),
        "a part of the balance is out of bounds",
    )?;
    demand(
        debt == 0 || available == 0,
        "points are available while there is debt",
    )?;
    demand(
        wallet.lots().len() <= WALLET_LOTS,
        "the wallet has too many lots",
    )
}

/// Whether a movement's lot can be what it says: its maker, its origin, its terms.
fn check_lot(state: &State, entry: &Entry<'_>, movement: &Movement) -> Finding {
    let lot = &movement.lot;
    let makes = lot.id.sequence() == entry.sequence;
    match movement.flow {
        Flow::Accrued | Flow::AdjustedUp => {
            demand(
                makes && lot.origin == entry.sequence,
                "a new lot names another maker or origin",
            )?;
            let due = lot.activates_at > entry.recorded_at.instant();
            demand(
                lot.pending == due,
                "a new lot is pending exactly until it activates",
            )?;
        }
        Flow::Expired | Flow::RedemptionReversed => {
            demand(
                lot.id.sequence() <= entry.sequence && lot.origin <= lot.id.sequence(),
                "a lot names a later origin",
            )?;
        }
        Flow::Overdrawn => {
            return demand(
                lot.id.0 == 0 && lot.origin == 0 && lot.terms.0 == 0,
                "debt has no lot",
            );
        }
        _ => demand(!makes, "a lot that is drawn on was made before")?,
    }
    demand(
        lot.expires_at > lot.activates_at,
        "a lot expires before it activates",
    )?;
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

/// What a movement adds to pending + available + held − debt.
const fn gain(movement: &Movement) -> i128 {
    let amount = movement.lot.amount as i128;
    match movement.flow {
        Flow::Accrued | Flow::RedemptionReversed | Flow::AdjustedUp => amount,
        Flow::Expired | Flow::Redeemed | Flow::AccrualReversed | Flow::Overdrawn => -amount,
        Flow::AdjustedDown | Flow::Captured => -amount,
        Flow::Activated | Flow::ExpiryReversed | Flow::Held | Flow::Released => 0,
    }
}

/// Whether the figures of the answer are what the movements add up to.
fn check_figures(state: &State, entry: &Entry<'_>) -> Finding {
    let figures = &entry.figures;
    if entry.code.class() == Class::Refused {
        return check_refusal(state, entry);
    }
    let moved = |flows: &[Flow]| -> i64 {
        let own = entry
            .effects
            .iter()
            .flat_map(|effect| &effect.movements)
            .filter(|movement| movement.due_at.is_none());
        own.filter(|movement| flows.contains(&movement.flow))
            .map(|movement| movement.lot.amount)
            .sum()
    };
    let awarded = match &entry.request.command {
        Command::Purchase(_) | Command::Accrue(_) => moved(&[Flow::Accrued]),
        Command::Redeem(_) => moved(&[Flow::Redeemed]),
        Command::Authorize(_) => moved(&[Flow::Held]),
        Command::Capture(_) => moved(&[Flow::Captured]),
        Command::Void(_) => moved(&[Flow::Released]),
        Command::Adjust(_) => moved(&[Flow::AdjustedUp]) - moved(&[Flow::AdjustedDown]),
        Command::Reverse(_) => moved(&[
            Flow::RedemptionReversed,
            Flow::AccrualReversed,
            Flow::ExpiryReversed,
            Flow::Overdrawn,
        ]),
        Command::Sweep => entry.effects.len() as i64,
        _ => 0,
    };
    demand(
        figures.awarded == awarded,
        "the stated award is not what moved",
    )?;
    let requested = match &entry.request.command {
        Command::Accrue(accrue) => Some(accrue.points),
        Command::Redeem(redeem) => Some(redeem.points),
        Command::Authorize(authorize) => Some(authorize.points),
        Command::Adjust(adjust) => Some(adjust.points),
        Command::Purchase(_) | Command::Void(_) => Some(awarded),
        _ => None,
    };
    demand(
        requested.is_none_or(|requested| requested == figures.requested),
        "the stated request is another",
    )?;
    demand(
        figures.reversed_expired == 0 || moved(&[Flow::ExpiryReversed]) <= figures.reversed_expired,
        "expired points are counted twice",
    )
}

/// A refusal states what the wallet had.
fn check_refusal(state: &State, entry: &Entry<'_>) -> Finding {
    let known = entry
        .request
        .command
        .member()
        .and_then(|name| state.find_member(name));
    let currency = match &entry.request.command {
        Command::Redeem(redeem) => state.objects.program().currency(&redeem.wallet),
        Command::Authorize(authorize) => state.objects.program().currency(&authorize.wallet),
        Command::Adjust(adjust) => state.objects.program().currency(&adjust.wallet),
        _ => None,
    };
    let (Some(member), Some(currency), true) = (
        known,
        currency,
        entry.code != super::rejection::Code::TooOld,
    ) else {
        return Ok(());
    };
    let mut wallet = state
        .objects
        .member(member)
        .wallet(currency)
        .cloned()
        .unwrap_or_default();
    super::settle::settle(&mut wallet, entry.recorded_at.instant(), &mut |_| {});
    let Balance {
        available,
        held,
        debt,
        ..
    } = wallet.balance();
    let figures = &entry.figures;
    demand(
        (figures.available, figures.held, figures.debt) == (available, held, debt),
        "the refusal states another balance",
    )
}
