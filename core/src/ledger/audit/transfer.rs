//! Transfers: what arrives is what left, lot by lot, in reverse draw order, with its origin, terms and dates; and as
//! much comes back as is given back.

use super::super::entry::{Effect, Entry, Flow, LotCounter};
use super::super::lot::Lot;
use super::super::rejection::Class;
use super::super::request::{Command, MemberName};
use super::super::state::State;
use super::{Finding, demand};

pub fn check(state: &State, entry: &Entry<'_>) -> Finding {
    let Command::Transfer(transfer) = &entry.request.command else {
        return Ok(());
    };
    if entry.code.class() != Class::Applied {
        return Ok(());
    }
    let [from, to] = entry.effects.as_slice() else {
        return Err("a transfer changes two wallets".to_owned());
    };
    let is = |effect: &Effect, name: &MemberName<'_>| {
        let at = entry.request.occurred_at;
        let at = at.unwrap_or(entry.recorded_at.instant());
        state.find_member_at(name, at) == Some(effect.wallet.member)
    };
    let currency = state.objects.program().currency(&transfer.wallet);
    let currencies = [from.wallet.currency, to.wallet.currency];
    demand(
        is(from, &transfer.giver)
            && is(to, &transfer.receiver)
            && currencies.map(Some) == [currency; 2],
        "a transfer is between other wallets than asked",
    )?;
    let own = |effect: &Effect, flow: Flow| {
        let mut movements = effect.movements.iter();
        movements.all(|movement| movement.due_at.is_some() || movement.flow == flow)
    };
    demand(
        own(from, Flow::TransferredOut) && own(to, Flow::TransferredIn),
        "a transfer does something else than to give and to receive",
    )?;
    let mut lots = LotCounter::new(entry.sequence);
    let left = from.parts(Flow::TransferredOut).map(|lot| Lot {
        id: lots.take_for(lot.id),
        ..*lot
    });
    let left: Vec<Lot> = left.collect();
    demand(
        to.parts(Flow::TransferredIn).eq(left.iter().rev()),
        "what arrives is not what left",
    )
}

/// What a receiver gives up, with what it leaves owing or is spared.
const GIVEN_UP: [Flow; 3] = [
    Flow::TransferredOut,
    Flow::TransferOverdrawn,
    Flow::TransferWrittenOff,
];

/// The reversal of a transfer: the giver gets what the receiver gives up.
pub fn check_return(entry: &Entry<'_>, original: &Entry<'_>) -> Finding {
    demand(
        is_between(entry, original)
            && sum(&entry.effects[0], &[Flow::TransferredIn]) == entry.figures.awarded
            && sum(&entry.effects[1], &GIVEN_UP) == entry.figures.awarded,
        "the giver gets something else back than the receiver gives up",
    )
}

/// The undo of that: the receiver gets it again.
pub fn check_undone_return(entry: &Entry<'_>, reversal: &Entry<'_>, root: &Entry<'_>) -> Finding {
    let points = reversal.figures.awarded;
    demand(
        is_between(entry, root)
            && sum(&entry.effects[0], &GIVEN_UP) == points
            && sum(&entry.effects[1], &[Flow::TransferredIn]) == points,
        "the receiver gets something else again than the giver gives up",
    )
}

fn is_between(entry: &Entry<'_>, transfer: &Entry<'_>) -> bool {
    let wallets = |entry: &Entry<'_>| {
        let effects = entry.effects.iter();
        effects.map(|effect| effect.wallet).collect::<Vec<_>>()
    };
    entry.effects.len() == 2 && wallets(entry) == wallets(transfer)
}

fn sum(effect: &Effect, flows: &[Flow]) -> i64 {
    let parts = flows.iter().flat_map(|flow| effect.parts(*flow));
    parts.map(|lot| lot.amount).sum()
}
