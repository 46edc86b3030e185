//! Applies an audited entry: total, infallible, and blind to every rule.

use std::sync::Arc;

use super::bounds::{CHUNK_MEMBERS, SWEEP_WALLETS};
use super::entry::{Effect, Entry, Fact};
use super::link::{Link, LinkTerms};
use super::members::HeldAlias;
use super::program::Program;
use super::referral::noting;
use super::request::{Alias, Command};
use super::state::{State, Terms};
use super::time::Instant;

/// Changes the state by one entry that `audit` has accepted.
pub fn apply(state: &mut State, entry: &Entry<'_>) {
    for fact in &entry.facts {
        apply_fact(state, fact, (entry.sequence, entry.recorded_at.instant()));
    }
    for effect in &entry.effects {
        apply_effect(state, effect, entry.sequence);
    }
    noting::note(state, entry);
    if entry.request.command == Command::Sweep {
        find_due_again(state, entry);
        let now = entry.recorded_at.instant();
        state.objects.codes.forget(now);
    }
    if let Some(slot) = entry.key_slot(state.hashing()) {
        state.add_key(slot);
    }
    for follow_up in entry.follow_ups() {
        state.set_follow_up(follow_up);
    }
    if let Some(details) = &entry.request.details {
        if let Some(slot) = entry.receipt_slot(state.hashing()) {
            state.add_receipt(slot);
        }
        if details.receipt.is_some() {
            state.objects.tills.book(entry);
        }
    }
    if let Some(slot) = entry.parked_slot(state.hashing()) {
        state.set_parked(slot);
    }
    state.objects.sequence = entry.sequence;
    state.objects.recorded_at = entry.recorded_at;
}

fn apply_effect(state: &mut State, effect: &Effect, sequence: u64) {
    for movement in &effect.movements {
        state
            .objects
            .accounts
            .book(effect.wallet.currency, movement);
    }
    let mut schedule = std::mem::take(&mut state.objects.schedule);
    let (chunk, place) = state.chunk_mut(effect.wallet.member);
    let wallet = chunk.member_mut(place).wallet_mut(effect.wallet.currency);
    schedule.follow(wallet, effect, sequence);
    let next_due = wallet.next_due();
    chunk.due = chunk.due.min(next_due);
    state.objects.schedule = schedule;
}

/// A sweep went through every chunk up to its last wallet, so each is due later: also where others had recorded what
/// was due, or the next sweep would go through all of them again.
fn find_due_again(state: &mut State, entry: &Entry<'_>) {
    let chunks = match entry.effects.last() {
        Some(last) if entry.effects.len() >= SWEEP_WALLETS => {
            last.wallet.member as usize / CHUNK_MEMBERS + 1
        }
        _ => state.objects.chunks.len(),
    };
    let now = entry.recorded_at.instant();
    for chunk in &mut state.objects.chunks[..chunks] {
        if chunk.due <= now {
            Arc::make_mut(chunk).find_due();
        }
    }
}

fn apply_fact(state: &mut State, fact: &Fact<'_>, (sequence, now): (u64, Instant)) {
    match fact {
        Fact::MemberEnrolled { id, .. } => state.add_member(id),
        Fact::AliasAdded { member, alias } => add_alias(state, *member, alias, now),
        Fact::AliasRemoved { member, alias } => remove_alias(state, *member, alias, now, false),
        Fact::AliasLost { member, alias } => remove_alias(state, *member, alias, now, true),
        Fact::StatusChanged { member, status } => {
            let (chunk, place) = state.chunk_mut(*member);
            chunk.member_mut(place).status = *status;
        }
        Fact::StoreCharged {
            store,
            currency,
            points,
        } => {
            let stores = Arc::make_mut(&mut state.objects.stores);
            let account = (Box::from(store.as_ref()), *currency);
            *stores.entry(account).or_default() += i128::from(*points);
        }
        Fact::OfflineUsed {
            member,
            day,
            points,
        } => {
            let used = Arc::make_mut(&mut state.objects.offline);
            *used.entry((*member, *day)).or_default() += points;
        }
        Fact::Linked { .. } | Fact::Unlinked { .. } | Fact::LinkUsed { .. } => {
            apply_tie(state, fact);
        }
        Fact::CodeIssued { hash, code } => {
            state.objects.codes.forget(now);
            state.objects.codes.add(*hash, (**code).clone());
        }
        Fact::CodeUsed { hash } => state.objects.codes.remove(hash),
        // What these say is read from the entry when it is needed.
        Fact::Parked { .. } | Fact::LineReturned { .. } => {}
        Fact::Reopened { .. } | Fact::RowRefused { .. } => {}
        Fact::ReferralAnswered { .. } | Fact::RefundMet { .. } => {}
        Fact::TermsAdded { funder, price, .. } => {
            let funder = funder.as_deref().map(Box::from);
            state.add_terms(Terms {
                funder,
                price: price.clone(),
            });
        }
        Fact::ProgramPublished { compiled, .. } => {
            let program = Program::from_bytes(compiled).expect("audit decoded the program");
            state.publish(program);
        }
        of_referrals => {
            let referrals = Arc::make_mut(&mut state.objects.referrals);
            noting::apply(referrals, of_referrals, (sequence, now));
        }
    }
}

/// What ties partners to members.
fn apply_tie(state: &mut State, fact: &Fact<'_>) {
    match fact {
        Fact::Linked {
            member,
            partner,
            terms,
        } => link(state, *member, partner, terms),
        Fact::Unlinked { member, partner } => {
            let (chunk, place) = state.chunk_mut(*member);
            let links = chunk.member_mut(place).links_mut();
            links.retain(|link| *link.partner != **partner);
        }
        Fact::LinkUsed {
            member,
            partner,
            day,
            points,
        } => {
            let (chunk, place) = state.chunk_mut(*member);
            let mut links = chunk.member_mut(place).links_mut().iter_mut();
            if let Some(link) = links.find(|link| *link.partner == **partner) {
                link.take(*day, *points);
            }
        }
        _ => {}
    }
}

/// A link that was there gives way; what was used of its day stays used.
fn link(state: &mut State, member: u32, partner: &str, terms: &LinkTerms) {
    let (chunk, place) = state.chunk_mut(member);
    let links = chunk.member_mut(place).links_mut();
    match links.iter_mut().find(|link| *link.partner == *partner) {
        Some(link) => link.terms = *terms,
        None => links.push(Link {
            partner: Box::from(partner),
            terms: *terms,
            day: 0,
            used: 0,
        }),
    }
}

fn add_alias(state: &mut State, member: u32, alias: &Alias<'_>, now: Instant) {
    state.index_alias(alias.hash, member);
    let (chunk, place) = state.chunk_mut(member);
    chunk.member_mut(place).aliases_mut().push(HeldAlias {
        kind: Box::from(alias.kind.as_ref()),
        hash: alias.hash,
        last_digits: alias.last_digits,
        from: now,
        until: Instant::NEVER,
        lost: false,
    });
}

fn remove_alias(state: &mut State, member: u32, alias: &Alias<'_>, now: Instant, lost: bool) {
    state.unindex_alias(alias.hash);
    let (chunk, place) = state.chunk_mut(member);
    let aliases = chunk.member_mut(place).aliases_mut();
    let held = aliases
        .iter_mut()
        .find(|held| held.is(alias) && held.is_held());
    let held = held.expect("audit found the alias held");
    (held.until, held.lost) = (now, lost);
}
