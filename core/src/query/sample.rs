//! A small ledger for tests: hand-made entries through `apply`, an instant at a time, and random histories of them.

use std::borrow::Cow;
use std::cell::Cell;

use proptest::prelude::*;
use smallvec::{SmallVec, smallvec};

use super::history::{History, HistoryError};
use crate::ledger::apply::apply;
use crate::ledger::entry::{
    Effect, Entry, Fact, Figures, Flow, LotCounter, Movement, Opened, RecordedAt, WalletId,
};
use crate::ledger::lot::{Lot, LotId, TermsId};
use crate::ledger::rejection::Code;
use crate::ledger::request::{
    Accrue, Authorize, Capture, Command, Enroll, MemberName, Part, Redeem, Reference, Request,
    Reverse, Void,
};
use crate::ledger::settle::settle;
use crate::ledger::state::{Objects, State};
use crate::ledger::time::Instant;
use crate::ledger::wallet::Wallet;

pub const ANN: WalletId = WalletId {
    member: 0,
    currency: 0,
};
pub const BOB: WalletId = WalletId {
    member: 1,
    currency: 0,
};

/// Two members, terms 0 and 1, and every entry recorded so far.
pub struct Sample {
    pub state: State,
    pub entries: Vec<Entry<'static>>,
    /// States after each entry, by sequence − 1.
    pub past: Vec<Objects>,
    pub now: i64,
    /// Entries read one by one since it was last reset.
    pub reads: Cell<usize>,
}

/// A wallet on the drawing board.
struct Draft {
    wallet: Wallet,
    now: Instant,
    movements: SmallVec<[Movement; 1]>,
    opened: Option<Opened>,
}

impl Draft {
    fn step(&mut self, flow: Flow, lot: Lot, paid: i64, hold: u64) {
        let at_once = flow == Flow::Expired;
        let movement = Movement {
            flow,
            due_at: at_once.then_some(self.now),
            lot,
            paid,
            hold,
        };
        assert_eq!(self.wallet.check(&movement), Ok(()), "{movement:?}");
        self.wallet.apply(&movement);
        self.movements.push(movement);
    }

    fn put(&mut self, flow: Flow, lot: Lot, hold: u64) {
        let pending = lot.pending;
        let paid = if pending {
            0
        } else {
            self.wallet.debt().min(lot.amount)
        };
        self.step(flow, lot, paid, hold);
        if !pending && lot.expires_at <= self.now && lot.amount > paid {
            self.step(Flow::Expired, lot.part(lot.amount - paid), 0, 0);
        }
    }

    /// Draws up to `points`; tells what is missing.
    fn draw(&mut self, flow: Flow, points: i64, hold: u64) -> i64 {
        let mut left = points;
        for lot in self.wallet.lots().to_vec() {
            let amount = lot.amount.min(left);
            if amount > 0 && !lot.pending {
                left -= amount;
                self.step(flow, lot.part(amount), 0, hold);
            }
        }
        left
    }

    fn release(&mut self, hold: u64) {
        let parts = self.wallet.hold(hold).expect("open").parts.clone();
        let held = parts.into_iter().filter(|part| part.amount > 0);
        for lot in held.rev() {
            self.put(Flow::Released, lot, hold);
        }
    }
}

impl Sample {
    pub fn new() -> Sample {
        let mut sample = Sample {
            state: State::new([7; 16]),
            entries: Vec::new(),
            past: Vec::new(),
            now: 0,
            reads: Cell::new(0),
        };
        for (member, id) in [(0, "ann"), (1, "bob")] {
            let enroll = Enroll {
                member: id.into(),
                aliases: Vec::new(),
                referral: None,
            };
            let mut facts: SmallVec<[Fact<'static>; 1]> = smallvec![Fact::MemberEnrolled {
                member,
                id: id.into()
            }];
            if member == 0 {
                facts.push(Fact::TermsAdded {
                    terms: 1,
                    funder: Some("fund".into()),
                    price: None,
                });
            }
            sample.record(Command::Enroll(enroll), facts, SmallVec::new(), 0);
        }
        sample
    }

    pub fn at(&mut self, now: i64) -> &mut Sample {
        self.now = self.now.max(now);
        self
    }

    pub fn wallet(&self, id: WalletId) -> &Wallet {
        self.state.objects.wallet(id).expect("enrolled")
    }

    pub fn next(&self) -> u64 {
        self.entries.len() as u64 + 1
    }

    pub fn accrue(&mut self, id: WalletId, points: i64, activates: i64, expires: i64) -> u64 {
        self.accrue_under(id, points, activates, expires, 0)
    }

    pub fn accrue_under(
        &mut self,
        id: WalletId,
        points: i64,
        activates: i64,
        expires: i64,
        terms: u32,
    ) -> u64 {
        let sequence = self.next();
        let lot = Lot {
            id: LotCounter::new(sequence).take(),
            amount: points,
            activates_at: Instant(activates),
            expires_at: Instant(expires),
            origin: sequence,
            terms: TermsId(terms),
            pending: activates > self.now,
        };
        let command = Command::Accrue(Accrue {
            member: name(),
            wallet: "points".into(),
            points,
            activates_at: Some(lot.activates_at),
            expires_at: Some(lot.expires_at),
            funder: None,
            price: None,
            enroll: false,
            joining: None,
        });
        self.act(id, command, 0, |draft| draft.put(Flow::Accrued, lot, 0))
    }

    pub fn redeem(&mut self, id: WalletId, points: i64) -> u64 {
        let command = Command::Redeem(Redeem {
            member: name(),
            wallet: "points".into(),
            points,
        });
        self.act(id, command, 0, |draft| {
            assert_eq!(draft.draw(Flow::Redeemed, points, 0), 0);
        })
    }

    /// Holds what there is, up to `points`.
    pub fn authorize(&mut self, id: WalletId, points: i64, lapses: i64) -> u64 {
        let hold = self.next();
        let command = Command::Authorize(Authorize {
            member: name(),
            wallet: "points".into(),
            points,
            ttl_micros: None,
            allow_partial: true,
        });
        self.act(id, command, 0, |draft| {
            let opened = Opened {
                hold,
                lapses_at: Instant(lapses),
            };
            draft.wallet.open(opened);
            draft.opened = Some(opened);
            draft.draw(Flow::Held, points, hold);
        })
    }

    pub fn void(&mut self, id: WalletId, hold: u64) -> u64 {
        let command = Command::Void(Void {
            authorization: Reference::Sequence(hold),
        });
        self.act(id, command, hold, |draft| draft.release(hold))
    }

    /// Captures the first part of a hold, releases the rest.
    pub fn capture_first(&mut self, id: WalletId, hold: u64) -> u64 {
        let command = Command::Capture(Capture {
            authorization: Reference::Sequence(hold),
            points: None,
        });
        self.act(id, command, hold, |draft| {
            let first = draft.wallet.hold(hold).expect("open").parts[0];
            draft.step(Flow::Captured, first, 0, hold);
            if draft.wallet.hold(hold).is_some() {
                draft.release(hold);
            }
        })
    }

    /// Takes points back; what is not available becomes debt.
    pub fn take_back(&mut self, id: WalletId, points: i64) -> u64 {
        let command = Command::Reverse(Reverse {
            original: Reference::Sequence(1),
            part: Part::Rest,
            member: None,
            shortfall: None,
            restore: None,
            dispute: None,
        });
        self.act(id, command, 1, |draft| {
            let missing = draft.draw(Flow::AccrualReversed, points, 0);
            if missing > 0 {
                let nothing = Lot {
                    id: LotId(0),
                    amount: missing,
                    activates_at: Instant(0),
                    expires_at: Instant(0),
                    origin: 0,
                    terms: TermsId::NONE,
                    pending: false,
                };
                draft.step(Flow::Overdrawn, nothing, 0, 0);
            }
        })
    }

    /// Records what time has moved in all wallets, if anything.
    pub fn sweep(&mut self) {
        let due = [ANN, BOB]
            .into_iter()
            .filter(|id| self.wallet(*id).next_due().0 <= self.now);
        let effects: SmallVec<[Effect; 1]> = due
            .map(|id| {
                let draft = self.draft(id);
                self.finish(id, draft)
            })
            .collect();
        if !effects.is_empty() {
            self.record(Command::Sweep, SmallVec::new(), effects, 0);
        }
    }

    fn draft(&self, id: WalletId) -> Draft {
        let (mut wallet, now) = (self.wallet(id).clone(), Instant(self.now));
        let mut movements = SmallVec::new();
        settle(&mut wallet, now, &mut |movement| movements.push(movement));
        Draft {
            wallet,
            now,
            movements,
            opened: None,
        }
    }

    fn finish(&self, id: WalletId, mut draft: Draft) -> Effect {
        draft.wallet.settle_down();
        Effect {
            wallet: id,
            previous: self.wallet(id).last,
            opened: draft.opened,
            movements: draft.movements,
            after: draft.wallet.balance(),
            next_activation: draft.wallet.next_activation(),
            next_expiry: draft.wallet.next_expiry(),
            inactive_at: Instant::NEVER,
        }
    }

    fn act(
        &mut self,
        id: WalletId,
        command: Command<'static>,
        original: u64,
        change: impl FnOnce(&mut Draft),
    ) -> u64 {
        let mut draft = self.draft(id);
        change(&mut draft);
        let effect = self.finish(id, draft);
        self.record(command, SmallVec::new(), smallvec![effect], original)
    }

    fn record(
        &mut self,
        command: Command<'static>,
        facts: SmallVec<[Fact<'static>; 1]>,
        effects: SmallVec<[Effect; 1]>,
        original: u64,
    ) -> u64 {
        let sequence = self.next();
        let clock = RecordedAt(self.now * 1_000);
        let after_last = RecordedAt(self.state.objects.recorded_at.0 + 1);
        let entry = Entry {
            sequence,
            recorded_at: clock.max(after_last),
            program: 0,
            request: Request {
                caller: Cow::Borrowed(""),
                key: format!("k{sequence}").into(),
                occurred_at: None,
                command,
                details: None,
            },
            code: Code::Applied,
            figures: Figures::default(),
            original,
            facts,
            effects,
        };
        apply(&mut self.state, &entry);
        self.past.push(self.state.objects.clone());
        self.entries.push(entry);
        sequence
    }
}

impl History for Sample {
    fn entry(&self, sequence: u64) -> Result<Entry<'static>, HistoryError> {
        self.reads.set(self.reads.get() + 1);
        let place = (sequence as usize).wrapping_sub(1);
        let entry = self.entries.get(place).cloned();
        entry.ok_or(HistoryError::Missing(sequence))
    }

    fn scan(
        &self,
        from: u64,
        each: &mut dyn FnMut(Entry<'_>) -> Result<(), HistoryError>,
    ) -> Result<(), HistoryError> {
        for entry in self.entries.iter().filter(|entry| entry.sequence >= from) {
            each(entry.clone())?;
        }
        Ok(())
    }
}

fn name() -> MemberName<'static> {
    MemberName::Id("ann".into())
}

/// One step of a random history.
#[derive(Clone, Debug)]
pub enum Step {
    Wait(i64),
    Accrue {
        points: i64,
        pending: i64,
        lives: Option<i64>,
        terms: u32,
    },
    Redeem(i64),
    Authorize {
        points: i64,
        ttl: i64,
    },
    Void(usize),
    CaptureFirst(usize),
    TakeBack(i64),
}

pub fn steps() -> impl Strategy<Value = Vec<(bool, Step)>> {
    let step = prop_oneof![
        4 => (0i64..6).prop_map(Step::Wait),
        4 => (1i64..50, 0i64..6, prop::option::of(-2i64..12), 0u32..2).prop_map(
            |(points, pending, lives, terms)| Step::Accrue { points, pending, lives, terms }),
        2 => (1i64..40).prop_map(Step::Redeem),
        2 => (1i64..60, 1i64..8).prop_map(|(points, ttl)| Step::Authorize { points, ttl }),
        1 => (0usize..4).prop_map(Step::Void),
        1 => (0usize..4).prop_map(Step::CaptureFirst),
        1 => (1i64..80).prop_map(Step::TakeBack),
    ];
    prop::collection::vec((any::<bool>(), step), 0..40)
}

impl Sample {
    /// Plays a history: the flag of each step says whose wallet it is about. What does not fit is left out.
    pub fn play(&mut self, steps: &[(bool, Step)], mut after_each: impl FnMut(&mut Sample)) {
        for (bob, step) in steps {
            self.take(if *bob { BOB } else { ANN }, step);
            after_each(self);
        }
    }

    fn take(&mut self, id: WalletId, step: &Step) {
        let now = self.now;
        let settled = self.draft(id).wallet;
        match *step {
            Step::Wait(micros) => self.now += micros,
            Step::Accrue {
                points,
                pending,
                lives,
                terms,
            } => {
                let activates = now + pending;
                let expires = lives.map_or(Instant::NEVER.0, |lives| {
                    (activates + lives).max(if pending > 0 { activates + 1 } else { 0 })
                });
                self.accrue_under(id, points, activates, expires, terms);
            }
            Step::Redeem(points) if points <= settled.balance().available => {
                self.redeem(id, points);
            }
            Step::Authorize { points, ttl } if settled.balance().available > 0 => {
                self.authorize(id, points, now + ttl);
            }
            Step::Void(place) => {
                if let Some(hold) = settled.holds().get(place) {
                    self.void(id, hold.id);
                }
            }
            Step::CaptureFirst(place) => {
                if let Some(hold) = settled.holds().get(place) {
                    self.capture_first(id, hold.id);
                }
            }
            Step::TakeBack(points) => {
                self.take_back(id, points);
            }
            Step::Redeem(_) | Step::Authorize { .. } => {}
        }
    }
}
