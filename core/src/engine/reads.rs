//! Owns reads: each copies what it needs under the state's lock, leaves it, and answers once that is durable.

use std::sync::Arc;

use super::core::Core;
use super::failure::Failure;
use super::history::{Past, of_history};
use super::replay::{replay, scan};
use crate::ledger::entry::{Entry, RecordedAt, WalletId};
use crate::ledger::keys::Print;
use crate::ledger::rejection::{Code, Rejection};
use crate::ledger::request::{MemberName, Receipt, ReceiptKind};
use crate::ledger::state::{Objects, State, Terms};
use crate::ledger::time::Instant;
use crate::ledger::wallet::Wallet;
use crate::query::{self, BalanceView, Ladder, Page, Position, TrialBalance};

/// One wallet as it stood, and when.
pub(super) struct Copied {
    pub wallet: Wallet,
    pub id: WalletId,
    tail: RecordedAt,
    pub now: Instant,
}

impl Core {
    pub fn balance(
        &self,
        member: &MemberName<'_>,
        wallet: &str,
        at: Option<Instant>,
    ) -> Result<BalanceView, Failure> {
        check_instant(at)?;
        let copied = self.copy_wallet(member, wallet)?;
        let Copied {
            wallet,
            id,
            tail,
            now,
        } = &copied;
        let history = Past(&self.reader);
        query::balance(&history, wallet, *id, *tail, at.unwrap_or(*now))
            .map_err(|error| of_history(&error))
    }

    pub fn statement(
        &self,
        member: &MemberName<'_>,
        wallet: &str,
        limit: usize,
        before: Option<Position>,
    ) -> Result<Page, Failure> {
        let copied = self.copy_wallet(member, wallet)?;
        let Copied {
            wallet, id, now, ..
        } = &copied;
        let history = Past(&self.reader);
        query::statement(&history, wallet, *id, *now, limit, before)
            .map_err(|error| of_history(&error))
    }

    pub fn ladder(&self, member: Option<&MemberName<'_>>, wallet: &str) -> Result<Ladder, Failure> {
        if let Some(member) = member {
            let copied = self.copy_wallet(member, wallet)?;
            return Ok(query::ladder(&copied.wallet, copied.now));
        }
        let view = self.view()?;
        let currency = currency(&view, wallet)?;
        Ok(query::program_ladder(&view, currency, self.now(&view)))
    }

    /// A past instant is replayed from the beginning.
    pub fn trial_balance(&self, at: Option<Instant>) -> Result<TrialBalance, Failure> {
        check_instant(at)?;
        let view = self.view()?;
        let at = at.unwrap_or_else(|| self.now(&view));
        if at >= view.recorded_at.instant() {
            return Ok(query::trial_balance(&view, at));
        }
        let past = self.objects_at(at, view.sequence)?;
        Ok(query::trial_balance(&past, at))
    }

    pub fn entry(&self, sequence: u64) -> Result<Entry<'static>, Failure> {
        self.enter_read()?;
        let tail = self.state.read().objects.sequence;
        self.commit.wait(sequence.min(tail))?;
        if !(1..=tail).contains(&sequence) {
            self.commit.wait(tail)?;
            return Err(not_found(format!(
                "there is no entry {sequence}; the last one is {tail}"
            )));
        }
        self.with_entry(sequence, |entry| entry.clone().into_owned())
    }

    pub fn entry_by_key(&self, caller: &str, key: &str) -> Result<Entry<'static>, Failure> {
        self.enter_read()?;
        let (found, tail) = {
            let state = self.state.read();
            (
                state.keys.find(Print::of(&self.hashing(), caller, key)),
                state.objects.sequence,
            )
        };
        let unknown = || not_found(format!("no entry has the key {key:?}"));
        let Some(sequence) = found else {
            self.commit.wait(tail)?;
            return Err(unknown());
        };
        self.commit.wait(sequence)?;
        let entry = self.with_entry(sequence, |entry| {
            let same = entry.request.caller == caller && entry.request.key == key;
            same.then(|| entry.clone().into_owned())
        })?;
        entry.ok_or_else(unknown)
    }

    /// The entry that has used up a receipt.
    pub fn entry_by_receipt(
        &self,
        kind: ReceiptKind,
        receipt: &Receipt<'_>,
    ) -> Result<Entry<'static>, Failure> {
        self.enter_read()?;
        let (found, tail) = {
            let state = self.state.read();
            let found = state.find_receipt(kind, receipt);
            (found, state.objects.sequence)
        };
        let unknown = || not_found("no applied entry has this receipt".to_owned());
        let Some(sequence) = found else {
            self.commit.wait(tail)?;
            return Err(unknown());
        };
        self.commit.wait(sequence)?;
        let entry = self.with_entry(sequence, |entry| {
            let same = entry.request.receipt() == Some(receipt);
            same.then(|| entry.clone().into_owned())
        })?;
        entry.ok_or_else(unknown)
    }

    pub fn entries(&self, from: u64, limit: usize) -> Result<Vec<Entry<'static>>, Failure> {
        self.enter_read()?;
        let from = from.max(1);
        let decided = self.state.read().objects.sequence;
        let through = decided.min(from.saturating_add(limit as u64).saturating_sub(1));
        if through < from {
            return Ok(Vec::new());
        }
        // After a failed write the durable ones are still there to be read.
        let through = match self.commit.wait(through) {
            Ok(()) => through,
            Err(_) => through.min(self.commit.durable()),
        };
        let mut entries = Vec::new();
        scan(&self.reader, from, through, |entry| {
            entries.push(entry.clone().into_owned());
            Ok(())
        })
        .map_err(Failure::reading)?;
        Ok(entries)
    }

    /// All terms there are, without a wait: the list only grows, and a lot that was read is durable with its terms.
    pub fn terms(&self) -> Result<Arc<Vec<Terms>>, Failure> {
        self.enter_read()?;
        Ok(Arc::clone(&self.state.read().objects.terms))
    }

    /// All objects as they stand; durable when this returns.
    pub fn view(&self) -> Result<Objects, Failure> {
        self.enter_read()?;
        let view = self.state.read().objects.clone();
        self.commit.wait(view.sequence)?;
        Ok(view)
    }

    /// The objects as they stood at the end of a microsecond that lies before the last entry.
    fn objects_at(&self, at: Instant, tail: u64) -> Result<Objects, Failure> {
        let last = self.last_recorded_by(RecordedAt::end_of(at), tail)?;
        let mut state = State::new(self.secret);
        replay(&self.reader, &mut state, last).map_err(Failure::reading)?;
        Ok(state.objects)
    }

    /// Sequence of the last entry up to `tail` that was recorded by an instant; 0 if none was.
    fn last_recorded_by(&self, end: RecordedAt, tail: u64) -> Result<u64, Failure> {
        let (mut before, mut after) = (0, tail + 1);
        while after - before > 1 {
            let middle = before + (after - before) / 2;
            if self.with_entry(middle, |entry| entry.recorded_at)? <= end {
                before = middle;
            } else {
                after = middle;
            }
        }
        Ok(before)
    }

    pub(super) fn copy_wallet(
        &self,
        member: &MemberName<'_>,
        wallet: &str,
    ) -> Result<Copied, Failure> {
        self.enter_read()?;
        let (copied, rests_on) = {
            let state = self.state.read();
            let tail = state.objects.sequence;
            let found = find_wallet(&state, member, wallet, self.now(&state.objects));
            let copied = found.map(|(id, wallet)| Copied {
                wallet,
                id,
                tail: state.objects.recorded_at,
                now: self.now(&state.objects),
            });
            // Who holds an alias, that a member is there or not: any entry up to the tail may have settled it.
            let rests_on = match &copied {
                Ok(copied) if copied.wallet.last > 0 && matches!(member, MemberName::Id(_)) => {
                    copied.wallet.last
                }
                _ => tail,
            };
            (copied, rests_on)
        };
        self.commit.wait(rests_on)?;
        Ok(copied?)
    }

    /// The clock's instant, or the last entry's if that is later.
    pub(super) fn now(&self, objects: &Objects) -> Instant {
        self.clock.now().max(objects.recorded_at.instant())
    }
}

fn find_wallet(
    state: &State,
    name: &MemberName<'_>,
    wallet: &str,
    now: Instant,
) -> Result<(WalletId, Wallet), Rejection> {
    let currency = currency(&state.objects, wallet)?;
    let member = find_member(state, name, now)?;
    let id = WalletId { member, currency };
    Ok((id, state.objects.wallet(id).cloned().unwrap_or_default()))
}

/// The member that a name means to whoever only looks.
pub(super) fn find_member(
    state: &State,
    name: &MemberName<'_>,
    now: Instant,
) -> Result<u32, Rejection> {
    state.find_member(name, now).ok_or_else(|| match name {
        MemberName::Id(id) => Rejection::new(
            Code::MemberNotFound,
            format!("no member {id:?}; enroll it first"),
        ),
        MemberName::Alias(alias) if state.find_lost(alias).is_some() => {
            Rejection::plain(Code::CardLost)
        }
        MemberName::Alias(alias) => {
            let message = format!("nobody holds this {}; add it as an alias first", alias.kind);
            Rejection::new(Code::MemberNotFound, message)
        }
    })
}

fn currency(objects: &Objects, wallet: &str) -> Result<u8, Rejection> {
    objects.program().currency(wallet).ok_or_else(|| {
        let message = format!("the program has no currency {wallet:?}");
        Rejection::new(Code::UnknownCurrency, message)
    })
}

pub(super) fn check_instant(at: Option<Instant>) -> Result<(), Rejection> {
    match at {
        Some(at) if !at.is_valid() => Err(Rejection::new(
            Code::TimeOutOfRange,
            "at lies outside 1970 to 9999",
        )),
        _ => Ok(()),
    }
}

fn not_found(message: String) -> Failure {
    Rejection::new(Code::TransactionNotFound, message).into()
}
