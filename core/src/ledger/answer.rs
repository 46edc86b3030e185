//! What a caller is told: always computed from the entry, the first time and on every replay of its key.

use super::entry::{Balance, Effect, Entry, Fact, Flow, RecordedAt, WalletId};
use super::lot::Lot;
use super::rejection::{Class, Code};
use super::request::Command;
use super::time::Instant;

/// The dense answer to one write: a till prints a receipt from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub sequence: u64,
    pub recorded_at: RecordedAt,
    pub code: Code,
    pub requested: i64,
    pub awarded: i64,
    /// Points a purchase was paid with; of its reversal: points given back.
    pub spent: i64,
    /// Minor units of money paid, or to give back.
    pub cash: i64,
    /// Minor units of money that stay with the shop for missing points.
    pub kept_back: i64,
    /// Points written off.
    pub spared: i64,
    /// Points charged to the store; those credited to it below zero.
    pub charged: i64,
    /// Points that undoing which came before took at once.
    pub taken_back: i64,
    /// Whether more was spent offline than there was.
    pub overdrawn: bool,
    /// After the entry; of a refusal: what the wallet had.
    pub balance: Balance,
    pub next_activation: Instant,
    pub next_expiry: Instant,
    pub wallet: Option<WalletId>,
    /// The entry it captures, voids or reverses; 0 if none.
    pub original: u64,
    /// What became of the referral that a sign-up or a sale named.
    pub referral: Option<Code>,
    /// The referral code that was issued.
    pub referral_code: Option<Box<str>>,
    /// Of a closed month: how many rewards were let go.
    pub vested: i64,
    /// Whether the key had been answered before; the rest is the first answer, byte for byte.
    pub replayed: bool,
}

/// The answer an entry gives.
pub fn answer(entry: &Entry<'_>) -> Answer {
    let figures = &entry.figures;
    let refused = entry.code.class() == Class::Refused;
    let is_reversal = matches!(entry.request.command, Command::Reverse(_));
    // What touches and closed months let go is not about a member; a refusal changes at most rewards of others.
    let is_about_nobody = matches!(
        entry.request.command,
        Command::RecordTouch(_) | Command::ClosePeriod(_)
    );
    let effect = entry
        .effects
        .first()
        .filter(|_| !refused && !is_about_nobody);
    let balance = match effect {
        Some(effect) => effect.after,
        None => Balance {
            pending: 0,
            available: figures.available,
            held: figures.held,
            debt: figures.debt,
        },
    };
    Answer {
        sequence: entry.sequence,
        recorded_at: entry.recorded_at,
        code: entry.code,
        requested: figures.requested,
        awarded: if refused { 0 } else { figures.awarded },
        spent: figures.spent,
        cash: cash(entry),
        kept_back: figures.kept_back,
        spared: figures.spared,
        charged: figures.charged,
        taken_back: if is_reversal {
            0
        } else {
            figures.reversed_points
        },
        overdrawn: entry
            .effects
            .iter()
            .any(|effect| effect.parts(Flow::RedeemOverdrawn).next().is_some()),
        balance,
        next_activation: effect.map_or(Instant::NEVER, |effect| effect.next_activation),
        next_expiry: effect.map_or(Instant::NEVER, |effect| effect.next_expiry),
        wallet: effect.map(|effect| effect.wallet),
        original: entry.original,
        referral: entry.referral_answer(),
        referral_code: entry.facts.iter().find_map(|fact| match fact {
            Fact::ReferralCodeIssued { code, .. } => Some(Box::from(code.as_ref())),
            _ => None,
        }),
        vested: match entry.request.command {
            Command::ClosePeriod(_) => figures.requested,
            _ => 0,
        },
        replayed: false,
    }
}

/// Minor units that stay to be paid or given back; an entry of an amount alone does not state them.
fn cash(entry: &Entry<'_>) -> i64 {
    match &entry.request.command {
        Command::Purchase(purchase)
            if purchase.basket.is_none() && entry.code.class() == Class::Applied =>
        {
            purchase.amount.minor_units
        }
        _ => entry.figures.cash,
    }
}

impl Entry<'_> {
    /// What became of the referral that a sign-up or a sale named.
    pub fn referral_answer(&self) -> Option<Code> {
        self.facts.iter().find_map(|fact| match fact {
            Fact::ReferralAnswered { code } => Some(*code),
            _ => None,
        })
    }

    /// The effect on the wallet the request was about.
    pub fn main_effect(&self) -> Option<&Effect> {
        self.effects.first()
    }
}

impl Effect {
    /// Parts moved by a flow of the entry's own (not by time), in order.
    pub fn parts(&self, flow: Flow) -> impl DoubleEndedIterator<Item = &Lot> {
        let own = self
            .movements
            .iter()
            .filter(move |movement| movement.flow == flow && movement.due_at.is_none());
        own.map(|movement| &movement.lot)
    }
}
