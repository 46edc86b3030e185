//! Transfers: what arrives is what left, lot by lot, in reverse draw order, with its origin, terms and dates.

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
