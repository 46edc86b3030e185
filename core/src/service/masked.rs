//! What tills and partners are shown: no hold of others. To partners no member's id either, and nothing that their link
//! does not let them see.

use std::mem;

use super::convert::answers;
use super::principals::{Principal, Role};
use super::wire;
use crate::engine::{Failure, Ledger, MemberView};
use crate::ledger::entry::{Effect, Entry};
use crate::ledger::link::{LinkScope, LinkTerms};
use crate::ledger::rejection::{Code, Rejection};
use crate::ledger::state::Objects;
use crate::ledger::time::Instant;

/// An entry as a principal may see it now; `objects` knows the names and links of its members.
pub fn entry(
    entry: &Entry<'_>,
    objects: &Objects,
    principal: &Principal,
    now: Instant,
) -> wire::Entry {
    let mut shown = answers::entry(entry, objects);
    if principal.role != Role::Partner {
        return shown;
    }
    let agreed = |effect: &Effect| {
        let link = objects
            .member(effect.wallet.member)
            .link(&principal.partner);
        let terms = link
            .map(|link| link.terms)
            .filter(|terms| terms.is_in_force(now));
        terms.is_some_and(|terms| terms.scopes.has(LinkScope::Balance))
    };
    // A refusal changed no wallet, so it does not tell whose figures it states.
    let sees_balance = !entry.effects.is_empty() && entry.effects.iter().all(agreed);
    shown.member.clear();
    for effect in &mut shown.effects {
        effect.member.clear();
        if !sees_balance {
            hide(effect);
        }
    }
    if !sees_balance && let Some(answer) = &mut shown.answer {
        answer.balance = None;
        answer.next_activation_time = None;
        answer.next_expiry_time = None;
    }
    shown
}

/// Of the wallet nothing stays but how many points the transaction itself moved.
fn hide(effect: &mut wire::Effect) {
    effect.balance = None;
    effect.next_activation_time = None;
    effect.next_expiry_time = None;
    effect.moves.retain(|moved| moved.due_time.is_none());
    for moved in &mut effect.moves {
        *moved = wire::Move {
            flow: moved.flow,
            points: moved.points,
            ..wire::Move::default()
        };
    }
}

/// Whether a partner may see a member at all: who is not linked is not there.
pub fn check_linked(link: Option<LinkTerms>) -> Result<LinkTerms, Rejection> {
    link.ok_or_else(|| Rejection::plain(Code::MemberNotFound))
}

/// Whether a principal may see a member now.
pub fn check_seen(view: &MemberView, principal: &Principal, now: Instant) -> Result<(), Rejection> {
    match principal.role {
        Role::Partner => check_linked(link_of(view, principal, now)).map(drop),
        Role::Pos | Role::Support | Role::Operator | Role::Auditor => Ok(()),
    }
}

/// What the member has agreed to with a partner, in force now and at the instant that is shown.
fn link_of(view: &MemberView, principal: &Principal, now: Instant) -> Option<LinkTerms> {
    let mut links = view.links.iter();
    let link = links.find(|link| *link.partner == *principal.partner);
    let terms = link.map(|link| link.terms);
    terms.filter(|terms| terms.is_in_force(now) && terms.is_in_force(view.at))
}

/// A member as a principal may see it now, at whatever instant the wallets are shown.
pub fn member(
    view: &MemberView,
    principal: &Principal,
    include_lots: bool,
    now: Instant,
) -> Result<wire::GetMemberResponse, Rejection> {
    let wallets = view.wallets.iter();
    let mut shown = wire::GetMemberResponse {
        member: view.id.clone(),
        status: answers::status(view.status) as i32,
        wallets: wallets
            .map(|(name, wallet)| answers::wallet(name, wallet, &view.terms, include_lots))
            .collect(),
        aliases: view.aliases.iter().map(answers::held_alias).collect(),
        at_time: answers::time(view.at),
        links: view.links.iter().map(answers::link).collect(),
    };
    if principal.role != Role::Partner {
        return Ok(shown);
    }
    let terms = check_linked(link_of(view, principal, now))?;
    shown.member.clear();
    shown
        .aliases
        .retain(|alias| principal.sees_alias(&alias.kind));
    shown.links.retain(|link| link.partner == principal.partner);
    if !terms.scopes.has(LinkScope::Balance) {
        shown.wallets.clear();
    }
    for wallet in &mut shown.wallets {
        wallet.lots.clear();
    }
    Ok(shown)
}

/// Leaves out the holds that are not the principal's own; what they hold stays in the balance. Reads the entries that
/// opened them.
pub fn hide_holds(
    ledger: &Ledger,
    principal: &Principal,
    view: &mut MemberView,
) -> Result<(), Failure> {
    for (_, wallet) in &mut view.wallets {
        for hold in mem::take(&mut wallet.holds) {
            if principal.owns(&ledger.entry(hold.id)?) {
                wallet.holds.push(hold);
            }
        }
    }
    Ok(())
}
