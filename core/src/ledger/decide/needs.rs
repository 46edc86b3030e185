//! What a request rests on beside the state, and how it is gathered: the same way before a decision and on replay.

use std::collections::BTreeSet;
use std::sync::Arc;

use smallvec::SmallVec;

use super::super::entry::{Effect, Entry, Fact, Flow, RecordedAt, WalletId};
use super::super::lot::{Lot, LotId};
use super::super::program::{ExpiryPolicy, Program};
use super::super::rejection::{Class, Code};
use super::super::request::{Command, DisputeOutcome, MemberName, Reference, Request, Spend};
use super::super::state::State;
use super::super::time::Instant;
use super::case::Originals;
use super::referral::past_of_rewards;
use super::undo_reversal::of_points;

/// Where earlier entries are.
pub trait Past {
    type Error;

    /// Looks at the state; what was seen stays true until the request is decided.
    fn look<T>(&self, at: impl FnOnce(&State) -> T) -> T;

    fn entry(&mut self, sequence: u64) -> Result<Arc<Entry<'static>>, Self::Error>;

    /// An entry is linked to a wallet that it did not change.
    fn broken(&self, sequence: u64) -> Self::Error;
}

/// What a request rests on beside the entry it names and the latest follow-up of that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Pasts of wallets.
    pub history: SmallVec<[Stretch; 1]>,
    /// The entry it names is a reversal: what that reversed, and the latest follow-up of that.
    pub root: bool,
    /// What waits for its key or receipt.
    pub parked: bool,
}

/// The latest part of a wallet's past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub wallet: WalletId,
    pub back_to: BackTo,
}

/// How far a stretch of the past reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackTo {
    /// All after this entry.
    Entry(u64),
    /// All that was recorded at this instant or later.
    Instant(Instant),
}

impl BackTo {
    fn reaches(self, sequence: u64, recorded_at: RecordedAt) -> bool {
        match self {
            BackTo::Entry(first) => sequence > first,
            BackTo::Instant(first) => recorded_at.instant() >= first,
        }
    }
}

/// Whether a request may rest on anything but the state; most do not, and nothing is gathered for them.
pub fn rests_on_past(state: &State, request: &Request<'_>) -> bool {
    may_rest_on_others(state, request) || !past_of_rewards(state, request, None).is_empty()
}

/// The same, but for what became of rewards: only a decision asks for that.
fn may_rest_on_others(state: &State, request: &Request<'_>) -> bool {
    request.command.reference().is_some()
        || lot_in_question(&request.command).is_some()
        || has_parked(state, request)
        || (request.occurred_at.is_some() && !late_activity(state, request).is_empty())
}

/// Whether the audit of an entry looks at others.
pub fn is_audited_with_past(state: &State, entry: &Entry<'_>) -> bool {
    let request = &entry.request;
    let stands_for_itself = matches!(request.command, Command::Capture(_) | Command::Void(_))
        && !request.is_offline()
        && request.occurred_at.is_none()
        && entry.code != Code::Parked
        && state.parked.is_empty();
    let has_past = match entry.code {
        Code::AlreadyReversed => has_parked(state, request),
        code => code.class() == Class::Applied && !stands_for_itself,
    };
    has_past && may_rest_on_others(state, request)
}

impl Needs {
    pub fn of(
        state: &State,
        request: &Request<'_>,
        original: Option<&Entry<'_>>,
        latest: Option<&Entry<'_>>,
        now: RecordedAt,
    ) -> Needs {
        let mut needs = Needs {
            parked: has_parked(state, request),
            ..Needs::default()
        };
        let applied = original.filter(|original| original.code.class() == Class::Applied);
        match (&request.command, applied) {
            (Command::Reverse(_), Some(original)) => needs.of_reversal(state, original, latest),
            (Command::Capture(_) | Command::Purchase(_), Some(original))
                if request.is_offline() =>
            {
                for effect in &original.effects {
                    let lapsed = |hold| hold <= now.instant();
                    if effect.opened.is_some_and(|opened| lapsed(opened.lapses_at)) {
                        needs.add(effect.wallet, BackTo::Entry(original.sequence));
                    }
                }
            }
            _ => {}
        }
        if let Some(lot) = lot_in_question(&request.command)
            && lot.sequence() > 0
            && let Some(wallet) =
                state.wallet_asked_for(request, state.objects.program(), now.instant())
        {
            needs.add(wallet, BackTo::Entry(lot.sequence() - 1));
        }
        for stretch in past_of_rewards(state, request, original) {
            needs.add(stretch.wallet, stretch.back_to);
        }
        if let Some(occurred_at) = request.occurred_at {
            let captured = applied
                .and_then(Entry::main_effect)
                .map(|effect| effect.wallet);
            let captured = captured.filter(|wallet| is_late_in(state, *wallet, occurred_at));
            for wallet in captured.into_iter().chain(late_activity(state, request)) {
                needs.add(wallet, BackTo::Instant(occurred_at));
            }
        }
        needs
    }

    fn of_reversal(&mut self, state: &State, original: &Entry<'_>, latest: Option<&Entry<'_>>) {
        let is_reversal = matches!(original.request.command, Command::Reverse(_));
        self.root = is_reversal && (original.original != 0 || original.code == Code::Parked);
        for effect in of_points(original) {
            let goes_back_to = if self.root {
                original.original
            } else {
                original.sequence
            };
            let was_drawn_again = latest.is_some() && parts(effect, GONE).next().is_some();
            if self.root || was_drawn_again || is_missing(state, original, effect, latest) {
                self.add(effect.wallet, BackTo::Entry(goes_back_to));
            }
        }
    }

    /// Of two stretches of one wallet that sequences bound, the longer one stays.
    fn add(&mut self, wallet: WalletId, back_to: BackTo) {
        let same = self
            .history
            .iter_mut()
            .find(|stretch| stretch.wallet == wallet);
        match (same.map(|stretch| &mut stretch.back_to), back_to) {
            (Some(BackTo::Entry(known)), BackTo::Entry(first)) => *known = first.min(*known),
            // What a sequence bounds reaches back as far as it has to.
            (Some(BackTo::Entry(_)), BackTo::Instant(_)) => {}
            _ => self.history.push(Stretch { wallet, back_to }),
        }
    }
}

/// The lot whose whole past in its member's wallet is read: it may have left the state long ago.
const fn lot_in_question(command: &Command<'_>) -> Option<LotId> {
    match command {
        Command::Reinstate(reinstate) => Some(reinstate.lot),
        Command::ExtendLot(extend) => Some(extend.lot),
        _ => None,
    }
}

const GONE: &[Flow] = &[
    Flow::Redeemed,
    Flow::Captured,
    Flow::AdjustedDown,
    Flow::TransferredOut,
    Flow::RedeemOverdrawn,
    Flow::AdjustOverdrawn,
];
const CAME: &[Flow] = &[Flow::Accrued, Flow::AdjustedUp, Flow::TransferredIn];

fn parts<'e>(effect: &'e Effect, flows: &'e [Flow]) -> impl Iterator<Item = &'e Lot> {
    flows.iter().flat_map(|flow| effect.parts(*flow))
}

/// Whether some of what an entry brought is no longer there to be taken: it was spent, is held, expired or was
/// forfeited, and only the past tells which.
fn is_missing(
    state: &State,
    original: &Entry<'_>,
    effect: &Effect,
    latest: Option<&Entry<'_>>,
) -> bool {
    let came: i64 = parts(effect, CAME).map(|lot| lot.amount).sum();
    let figures = latest.map_or(original.figures, |latest| latest.figures);
    let taken = figures.reversed_points;
    let is_transfer = matches!(original.request.command, Command::Transfer(_));
    let is_of_it = |lot: &&Lot| match is_transfer {
        true => lot.id.sequence() == original.sequence,
        false => lot.origin == original.sequence,
    };
    let wallet = state.objects.wallet(effect.wallet);
    let lots = wallet.map_or(&[][..], |wallet| wallet.lots());
    let there: i64 = lots.iter().filter(is_of_it).map(|lot| lot.amount).sum();
    let has_left = state.objects.member(effect.wallet.member).status.has_left();
    came > taken && (there < came - taken || has_left)
}

/// The wallets of a request that occurred before points of them expired by inactivity: a purchase may earn in one and
/// be paid from another.
fn late_activity(state: &State, request: &Request<'_>) -> SmallVec<[WalletId; 2]> {
    let Some((occurred_at, name)) = request.occurred_at.zip(active_member(&request.command)) else {
        return SmallVec::new();
    };
    let program = state.objects.program();
    let is_sliding = |currency: &u8| {
        let currency = &program.currencies[usize::from(*currency)];
        matches!(currency.expiry, ExpiryPolicy::Sliding(_))
    };
    let mut currencies = active_in(program, &request.command);
    currencies.retain(|currency| is_sliding(currency));
    if currencies.is_empty() {
        return SmallVec::new();
    }
    let Some(member) = state.find_member_at(name, occurred_at) else {
        return SmallVec::new();
    };
    let wallets = currencies
        .into_iter()
        .map(|currency| WalletId { member, currency });
    wallets
        .filter(|wallet| is_late_in(state, *wallet, occurred_at))
        .collect()
}

/// Who is active by a command that names its member; a capture names its authorization.
fn active_member<'r, 'a>(command: &'r Command<'a>) -> Option<&'r MemberName<'a>> {
    match command {
        Command::Purchase(purchase) => Some(&purchase.member),
        Command::Accrue(accrue) => Some(&accrue.member),
        Command::Redeem(redeem) => Some(&redeem.member),
        _ => None,
    }
}

/// The currencies in which its member is active.
fn active_in(program: &Program, command: &Command<'_>) -> SmallVec<[u8; 2]> {
    let (first, second) = match command {
        Command::Purchase(purchase) => {
            let spend = purchase
                .basket
                .as_ref()
                .and_then(|basket| basket.spend.as_ref());
            let pays = matches!(spend, Some(Spend::Redeem { .. }));
            let spending = pays.then_some(program.spending.currency);
            let earning = program.earning.currency;
            (
                Some(earning),
                spending.filter(|spending| *spending != earning),
            )
        }
        Command::Accrue(accrue) => (program.currency(&accrue.wallet), None),
        Command::Redeem(redeem) => (program.currency(&redeem.wallet), None),
        _ => (None, None),
    };
    first.into_iter().chain(second).collect()
}

fn is_late_in(state: &State, wallet: WalletId, occurred_at: Instant) -> bool {
    let wallet = state.objects.wallet(wallet);
    wallet.is_some_and(|wallet| wallet.last_inactivity() > occurred_at)
}

/// Whether anything waited for the request's key or receipt, if only to be cancelled.
fn has_parked(state: &State, request: &Request<'_>) -> bool {
    !state.parked.is_empty() && parked_heads(state, request).next().is_some()
}

/// The latest entries that wait for the request by its key and by its receipt.
fn parked_heads(state: &State, request: &Request<'_>) -> impl Iterator<Item = u64> {
    let by_key = (!request.key.is_empty()).then(|| {
        state
            .parked
            .find(state.print(&request.caller, &request.key))
    });
    let sale = match &request.command {
        command @ (Command::Purchase(_) | Command::Reverse(_)) => command.receipt_kind(),
        _ => None,
    };
    let by_receipt = sale.zip(request.receipt());
    let by_receipt = by_receipt.map(|(kind, receipt)| state.find_parked_receipt(kind, receipt));
    by_key.into_iter().chain(by_receipt).flatten()
}

/// Everything a request rests on.
pub fn gather<P: Past>(
    past: &mut P,
    request: &Request<'_>,
    now: RecordedAt,
) -> Result<Originals, P::Error> {
    let (original, latest) = past.look(|state| {
        let reference = request.command.reference();
        let original = reference.and_then(|name| state.find_entry(&request.caller, name));
        let latest = original.and_then(|original| state.latest_follow_up(original));
        (original, latest)
    });
    let mut found = Originals::default();
    if let Some(original) = original {
        let original = past.entry(original)?;
        if is_named(request, &original) {
            found.latest = latest.map(|latest| past.entry(latest)).transpose()?;
            found.original = Some(original);
            if request.command.is_won_dispute() {
                find_chargeback(past, &mut found)?;
            }
        }
    }
    let needs = past.look(|state| {
        let (original, latest) = (found.original.as_deref(), found.latest.as_deref());
        Needs::of(state, request, original, latest, now)
    });
    if needs.root
        && let Some(reversal) = &found.original
    {
        let root = past.look(|state| reversed_by(state, reversal));
        let latest = past.look(|state| state.latest_follow_up(root?));
        found.root = root.map(|root| past.entry(root)).transpose()?;
        found.root_latest = latest.map(|latest| past.entry(latest)).transpose()?;
    }
    if !needs.history.is_empty() {
        found.history = history(past, &needs.history)?;
    }
    if needs.parked {
        found.parked = parked(past, request)?;
    }
    Ok(found)
}

/// The lost dispute of a sale that stands is what a won one undoes: it takes the place of the sale.
fn find_chargeback<P: Past>(past: &mut P, found: &mut Originals) -> Result<(), P::Error> {
    let Some(sale) = found.original.clone() else {
        return Ok(());
    };
    let Some(effect) = sale.main_effect() else {
        return Ok(());
    };
    let stretch = Stretch {
        wallet: effect.wallet,
        back_to: BackTo::Entry(sale.sequence),
    };
    let later = history(past, &[stretch])?;
    let is_lost = |entry: &Entry<'_>| match &entry.request.command {
        Command::Reverse(reverse) => {
            reverse.dispute == Some(DisputeOutcome::Lost)
                && entry.original == sale.sequence
                && entry.code == Code::Applied
        }
        _ => false,
    };
    for lost in later.into_iter().rev().filter(|entry| is_lost(entry)) {
        if past
            .look(|state| state.latest_follow_up(lost.sequence))
            .is_none()
        {
            (found.original, found.latest) = (Some(lost), None);
            break;
        }
    }
    Ok(())
}

/// What a reversal has reversed; of one that had waited, what came under the name it waited for.
fn reversed_by(state: &State, reversal: &Entry<'_>) -> Option<u64> {
    if reversal.code != Code::Parked {
        return Some(reversal.original);
    }
    let reference = reversal.request.command.reference()?;
    state.find_entry(&reversal.request.caller, reference)
}

/// The wallets' entries along their back links, newest first.
fn history<P: Past>(
    past: &mut P,
    stretches: &[Stretch],
) -> Result<Vec<Arc<Entry<'static>>>, P::Error> {
    let mut sequences = BTreeSet::new();
    let mut entries = Vec::new();
    for stretch in stretches {
        let last = |state: &State| {
            state
                .objects
                .wallet(stretch.wallet)
                .map(|wallet| wallet.last)
        };
        let mut sequence = past.look(last).unwrap_or(0);
        while sequence != 0 {
            if matches!(stretch.back_to, BackTo::Entry(first) if sequence <= first) {
                break;
            }
            let entry = past.entry(sequence)?;
            if !stretch.back_to.reaches(sequence, entry.recorded_at) {
                break;
            }
            let effect = entry
                .effects
                .iter()
                .find(|effect| effect.wallet == stretch.wallet);
            let previous = effect.ok_or_else(|| past.broken(sequence))?.previous;
            if sequences.insert(sequence) {
                entries.push(entry);
            }
            sequence = previous;
        }
    }
    entries.sort_unstable_by_key(|entry| std::cmp::Reverse(entry.sequence));
    Ok(entries)
}

/// What waits for the request, newest first; what was cancelled does not.
fn parked<P: Past>(
    past: &mut P,
    request: &Request<'_>,
) -> Result<Vec<Arc<Entry<'static>>>, P::Error> {
    let heads: Vec<u64> = past.look(|state| parked_heads(state, request).collect());
    let mut waiting = Vec::new();
    for head in heads {
        let mut sequence = head;
        while sequence != 0 {
            let entry = past.entry(sequence)?;
            let cancelled = past.look(|state| state.latest_follow_up(sequence).is_some());
            sequence = entry.facts.iter().find_map(previous_of).unwrap_or(0);
            if !cancelled && waits_for(&entry, request) {
                waiting.push(entry);
            }
        }
    }
    waiting.sort_unstable_by_key(|entry| std::cmp::Reverse(entry.sequence));
    Ok(waiting)
}

fn previous_of(fact: &Fact<'_>) -> Option<u64> {
    match fact {
        Fact::Parked { previous } => Some(*previous),
        _ => None,
    }
}

/// Whether what waits names this very request: prints may be equal where names are not.
fn waits_for(entry: &Entry<'_>, request: &Request<'_>) -> bool {
    match entry.request.command.reference() {
        Some(Reference::Key(key)) => entry.request.caller == request.caller && request.key == *key,
        Some(Reference::Receipt(name)) => {
            request.command.receipt_kind() == Some(name.kind)
                && request.receipt() == Some(&name.receipt)
        }
        _ => false,
    }
}

/// Whether an entry found by the print of a key or receipt has that very one.
fn is_named(request: &Request<'_>, entry: &Entry<'_>) -> bool {
    match request.command.reference() {
        Some(Reference::Key(key)) => {
            entry.request.caller == request.caller && entry.request.key == *key
        }
        Some(Reference::Receipt(name)) => entry.request.receipt() == Some(&name.receipt),
        _ => true,
    }
}
