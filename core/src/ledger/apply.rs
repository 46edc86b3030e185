//! Applies an audited entry: total, infallible, and blind to every rule.

use std::sync::Arc;

use super::bounds::{CHUNK_MEMBERS, SWEEP_WALLETS};
use super::entry::{Effect, Entry, Fact};
use super::keys::Slot;
use super::members::HeldAlias;
use super::program::Program;
use super::rejection::Class;
use super::request::{Alias, Command};
use super::state::{FollowUp, State, Terms};
use super::time::Instant;

/// Changes the state by one entry that `audit` has accepted.
pub fn apply(state: &mut State, entry: &Entry<'_>) {
    for fact in &entry.facts {
        apply_fact(state, fact, entry.recorded_at.instant());
    }
    for effect in &entry.effects {
        apply_effect(state, effect, entry.sequence);
    }
    if entry.request.command == Command::Sweep {
        find_due_again(state, entry);
    }
    if !entry.request.key.is_empty() {
        let print = state.print(&entry.request.caller, &entry.request.key);
        state.keys.insert(Slot::new(print, entry.sequence));
    }
    if entry.follows_up() {
        state.set_follow_up(FollowUp {
            original: entry.original,
            latest: entry.sequence,
        });
    }
    state.objects.sequence = entry.sequence;
    state.objects.recorded_at = entry.recorded_at;
}

impl Entry<'_> {
    /// Whether later requests about its original have to know it: a reversal also of nothing, so that it happens once,
    /// but not the void of a hold that was gone.
    pub fn follows_up(&self) -> bool {
        let mut movements = self.effects.iter().flat_map(|effect| &effect.movements);
        self.original != 0
            && self.code.class() == Class::Applied
            && (matches!(self.request.command, Command::Reverse(_))
                || movements.any(|movement| movement.due_at.is_none()))
    }
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

fn apply_fact(state: &mut State, fact: &Fact<'_>, now: Instant) {
    match fact {
        Fact::MemberEnrolled { id, .. } => state.add_member(id),
        Fact::AliasAdded { member, alias } => add_alias(state, *member, alias, now),
        Fact::AliasRemoved { member, alias } => remove_alias(state, *member, alias, now),
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
    });
}

fn remove_alias(state: &mut State, member: u32, alias: &Alias<'_>, now: Instant) {
    state.unindex_alias(alias.hash);
    let (chunk, place) = state.chunk_mut(member);
    let aliases = chunk.member_mut(place).aliases_mut();
    let held = aliases
        .iter_mut()
        .find(|held| held.is(alias) && held.until == Instant::NEVER);
    held.expect("audit found the alias held").until = now;
}
