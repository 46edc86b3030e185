//! activate: the event has come that pending points wait for; all that an entry earned is available now.

use super::super::entry::{Effect, Entry, Figures, WalletId};
use super::super::lot::Lot;
use super::super::rejection::{Class, Code, Rejection};
use super::super::request::{Activate, Command};
use super::super::time::Instant;
use super::accrue::Dates;
use super::case::{Case, Verdict};

pub fn decide<'a>(case: &mut Case<'_>, activate: &Activate<'a>) -> Result<Verdict<'a>, Rejection> {
    let member = match &activate.member {
        Some(name) => Some(case.member(name)?),
        None => None,
    };
    let original = case.original()?;
    let wallet = earned_in(original)?;
    if member.is_some_and(|member| member != wallet.member) {
        return Err(Rejection::plain(Code::MemberMismatch));
    }
    case.check_open(wallet.member)?;
    let mut draft = case.draft(wallet);
    let before = draft.balance();
    let pending = |lot: &&Lot| lot.pending && lot.origin == original.sequence;
    let mut waiting: Vec<Lot> = draft
        .wallet()
        .lots()
        .iter()
        .filter(pending)
        .copied()
        .collect();
    waiting.sort_unstable_by_key(|lot| lot.id);
    let mut activated = 0;
    for lot in waiting {
        let expires_at = if lot.activates_at == Instant::NEVER {
            // The clock of what waited for this starts now.
            Dates::of_policy(case, wallet.currency, Some(case.now))?.expires_at
        } else {
            lot.expires_at
        };
        activated += lot.amount;
        let now_there = Lot {
            id: case.lots.take_for(lot.id),
            activates_at: case.now,
            expires_at,
            pending: false,
            ..lot
        };
        draft.move_over(lot, now_there);
    }
    let figures = Figures {
        requested: activated,
        awarded: activated,
        ..Figures::default()
    };
    Ok(Verdict::applied(draft, before, figures).about(original.sequence))
}

/// The wallet in which an applied purchase or accrual gave points.
fn earned_in(original: &Entry<'_>) -> Result<WalletId, Rejection> {
    let earns = matches!(
        original.request.command,
        Command::Purchase(_) | Command::Accrue(_)
    );
    let earned = |effect: &&Effect| {
        let mut movements = effect.movements.iter();
        movements.any(|movement| movement.lot.id.sequence() == original.sequence)
    };
    let found = original.effects.iter().find(earned);
    let wallet = found.map(|effect| effect.wallet);
    if earns && original.code.class() == Class::Applied {
        // One that gave nothing is answered with the wallet that it would have given to.
        let first = || original.effects.first().map(|effect| effect.wallet);
        if let Some(wallet) = wallet.or_else(first) {
            return Ok(wallet);
        }
    }
    let message = format!("entry {} has earned no points", original.sequence);
    Err(Rejection::new(Code::TransactionNotFound, message))
}
