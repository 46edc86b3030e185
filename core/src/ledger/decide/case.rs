//! What every verb works with: the state, the moment, the originals, and the verdict it reaches.

use std::sync::Arc;

use smallvec::SmallVec;

use super::super::entry::{
    Balance, Effect, Entry, Fact, Figures, Flow, LotCounter, RecordedAt, WalletId,
};
use super::super::lot::Lot;
use super::super::members::MAIN_CURRENCY;
use super::super::program::{Calendar, DrawOrder, Program};
use super::super::rejection::{Class, Code, Rejection};
use super::super::request::{MemberName, Request};
use super::super::state::State;
use super::super::time::Instant;
use super::super::wallet::Wallet;
use super::activity::Activity;
use super::draft::{Draft, lone_lot};
use super::partners::{OnBehalf, is_code};

/// Where and when an entry would stand.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    pub sequence: u64,
    pub recorded_at: RecordedAt,
}

/// Earlier entries a request rests on, fetched before it is decided.
#[derive(Clone, Debug, Default)]
pub struct Originals {
    /// The entry that the request names.
    pub original: Option<Arc<Entry<'static>>>,
    /// Its latest capture, void or reversal.
    pub latest: Option<Arc<Entry<'static>>>,
    /// The wallet's entries after the original, newest first; needed when `needs_history` says so.
    pub history: Vec<Arc<Entry<'static>>>,
    /// Of a reversal that is reversed: what it reversed, and the latest follow-up of that.
    pub root: Option<Arc<Entry<'static>>>,
    pub root_latest: Option<Arc<Entry<'static>>>,
    /// What waits for this request by its key or receipt, newest first.
    pub parked: Vec<Arc<Entry<'static>>>,
}

impl Originals {
    pub fn history(&self) -> impl DoubleEndedIterator<Item = &Entry<'static>> {
        self.history.iter().map(Arc::as_ref)
    }

    pub fn parked(&self) -> impl DoubleEndedIterator<Item = &Entry<'static>> {
        self.parked.iter().map(Arc::as_ref)
    }

    /// How much of the original is reversed: by its latest follow-up, or in itself if what it met had waited for it.
    pub fn so_far(&self) -> Figures {
        let latest = self.latest.as_ref().or(self.original.as_ref());
        latest.map(|entry| entry.figures).unwrap_or_default()
    }
}

pub struct Case<'s> {
    pub state: &'s State,
    pub sequence: u64,
    /// What is spendable, lapsed or expired is judged here.
    pub now: Instant,
    /// Earning, activation and expiry clocks look here.
    pub occurred_at: Instant,
    pub originals: &'s Originals,
    pub lots: LotCounter,
    /// Where points were spent while the till was offline; `None` for a request from one that was online.
    pub offline_at: Option<Box<str>>,
    /// The partner that it is made for, if it is made for any.
    pub on_behalf: Option<Box<OnBehalf>>,
    /// What the entry has done to wallets before what is decided now; of most entries nothing.
    pub effects: &'s [Effect],
}

/// What becomes of a request, short of sequence, instant and caller.
#[derive(Debug)]
pub struct Verdict<'a> {
    pub code: Code,
    pub figures: Figures,
    pub facts: SmallVec<[Fact<'a>; 1]>,
    pub effects: SmallVec<[Effect; 1]>,
    pub original: u64,
}

impl Default for Verdict<'_> {
    fn default() -> Self {
        Verdict {
            code: Code::Applied,
            figures: Figures::default(),
            facts: SmallVec::new(),
            effects: SmallVec::new(),
            original: 0,
        }
    }
}

impl<'a> Verdict<'a> {
    /// A no by state, with what the wallet has.
    pub fn refused(code: Code, requested: i64, balance: Balance) -> Verdict<'a> {
        let Balance {
            available,
            held,
            debt,
            ..
        } = balance;
        let figures = Figures {
            requested,
            available,
            held,
            debt,
            ..Figures::default()
        };
        Verdict {
            code,
            figures,
            ..Verdict::default()
        }
    }

    /// Closes a draft into the verdict's effect, or refuses by the bound it would break.
    pub fn applied(draft: Draft, before: Balance, figures: Figures) -> Verdict<'a> {
        Verdict::of_effect(draft.finish(), before, figures)
    }

    /// The same for several wallets; the answer shows the first one.
    pub fn applied_to_all(
        drafts: impl IntoIterator<Item = Draft>,
        before: Balance,
        figures: Figures,
    ) -> Verdict<'a> {
        let effects: Result<SmallVec<[Effect; 1]>, Code> =
            drafts.into_iter().map(Draft::finish).collect();
        match effects {
            Ok(effects) => Verdict {
                figures,
                effects,
                ..Verdict::default()
            },
            Err(code) => Verdict::refused(code, figures.requested, before),
        }
    }

    fn of_effect(effect: Result<Effect, Code>, before: Balance, figures: Figures) -> Verdict<'a> {
        match effect {
            Ok(effect) => Verdict {
                figures,
                effects: SmallVec::from_buf([effect]),
                ..Verdict::default()
            },
            Err(code) => Verdict::refused(code, figures.requested, before),
        }
    }

    /// The outcome of a draft with the facts gathered so far; a refusal keeps none.
    pub fn closed_by(self, outcome: Verdict<'a>) -> Verdict<'a> {
        if outcome.code.class() == Class::Applied {
            Verdict {
                facts: self.facts,
                ..outcome
            }
        } else {
            outcome
        }
    }

    pub fn about(self, original: u64) -> Verdict<'a> {
        Verdict { original, ..self }
    }
}

impl<'s> Case<'s> {
    pub fn new(
        state: &'s State,
        request: &Request<'_>,
        moment: Moment,
        originals: &'s Originals,
    ) -> Case<'s> {
        let now = moment.recorded_at.instant();
        Case {
            state,
            sequence: moment.sequence,
            now,
            occurred_at: request.occurred_at.unwrap_or(now),
            originals,
            lots: LotCounter::new(moment.sequence),
            offline_at: request.is_offline().then(|| Box::from(request.store())),
            on_behalf: OnBehalf::of(request).map(Box::new),
            effects: &[],
        }
    }

    pub fn program(&self) -> &'s Program {
        self.state.objects.program()
    }

    pub fn calendar(&self) -> Result<&'s Calendar, Rejection> {
        let unknown = || {
            let zone = &self.program().zone;
            Rejection::new(
                Code::ProgramInvalid,
                format!("this version does not know the zone {zone}; publish another"),
            )
        };
        self.state.calendar.as_ref().ok_or_else(unknown)
    }

    /// Whether `occurred_at` lies within the program's bounds. The embedding process may look back without limit.
    pub fn check_time<'a>(&self, request: &Request<'a>) -> Result<Option<Verdict<'a>>, Rejection> {
        let bounds = &self.program().time;
        let ahead = self.occurred_at.0.saturating_sub(self.now.0);
        if bounds.future_micros.is_some_and(|most| ahead > most) {
            let message = format!(
                "occurred_at {} is ahead of the ledger's clock {}; set the till's clock right and send it again",
                self.occurred_at, self.now
            );
            return Err(Rejection::new(Code::OccurredInFuture, message));
        }
        let is_operator = request.caller.is_empty();
        if !is_operator && bounds.past_micros.is_some_and(|most| -ahead > most) {
            return Ok(Some(Verdict::refused(Code::TooOld, 0, Balance::default())));
        }
        Ok(None)
    }

    pub fn currency(&self, name: &str) -> Result<u8, Rejection> {
        self.program().currency(name).ok_or_else(|| {
            let known: Vec<&str> = self
                .program()
                .currencies
                .iter()
                .map(|currency| currency.name.as_str())
                .collect();
            let message = format!(
                "the program has no currency {name:?}; it has {}",
                known.join(", ")
            );
            Rejection::new(Code::UnknownCurrency, message)
        })
    }

    /// The member that the name meant when it happened: a late sale finds who held the card then.
    pub fn member(&self, name: &MemberName<'_>) -> Result<u32, Rejection> {
        self.seen(name)?.ok_or_else(|| self.nobody(name))
    }

    /// Whoever is named beside the member that the request is about.
    pub fn other_member(&self, name: &MemberName<'_>) -> Result<u32, Rejection> {
        let found = self.state.find_member_at(name, self.occurred_at);
        found
            .filter(|_| !is_code(name))
            .ok_or_else(|| self.nobody(name))
    }

    pub fn nobody(&self, name: &MemberName<'_>) -> Rejection {
        match name {
            MemberName::Alias(_) if is_code(name) => Rejection::new(
                Code::MemberNotFound,
                "this one-time code is used, over, or was never there for this; issue another",
            ),
            _ if self.lacks_code(name) => Rejection::new(
                Code::MemberNotFound,
                "a partner is tied to a member by a one-time code that names the partner and lets no points be taken",
            ),
            MemberName::Alias(alias) if self.state.find_lost(alias).is_some() => {
                Rejection::plain(Code::CardLost)
            }
            MemberName::Id(id) => Rejection::new(
                Code::MemberNotFound,
                format!("no member {id:?}; enroll it first"),
            ),
            MemberName::Alias(alias) => {
                let message = format!(
                    "nobody held this {} at {}; add it as an alias first",
                    alias.kind, self.occurred_at
                );
                Rejection::new(Code::MemberNotFound, message)
            }
        }
    }

    pub fn draw_order(&self, wallet: WalletId) -> DrawOrder {
        self.program().currencies[usize::from(wallet.currency)].draw_order
    }

    pub fn draft(&self, wallet: WalletId) -> Draft {
        let before = self.effects.iter().find(|effect| effect.wallet == wallet);
        match before {
            Some(before) => Draft::after(self.state, before, self.now),
            None => Draft::new(self.state, wallet, self.now),
        }
    }

    /// A new lot for the wallet; zero points still leave their entry there.
    pub fn earn<'a>(
        &self,
        wallet: WalletId,
        flow: Flow,
        lot: Lot,
    ) -> Result<Verdict<'a>, Rejection> {
        let figures = Figures {
            requested: lot.amount,
            awarded: lot.amount,
            ..Figures::default()
        };
        let activity = match flow {
            Flow::Accrued => Activity::in_wallet(self, wallet)?,
            _ => None,
        };
        if lot.amount > 0
            && activity.is_none()
            && let Some(effect @ Ok(_)) = lone_lot(self.state, wallet, self.now, flow, lot)
        {
            let before = self.state.objects.wallet(wallet).map(Wallet::balance);
            return Ok(Verdict::of_effect(
                effect,
                before.unwrap_or_default(),
                figures,
            ));
        }
        let mut draft = self.draft(wallet);
        let before = draft.balance();
        if let Some(activity) = activity {
            activity.note(self, &mut draft);
        }
        if lot.amount > 0 {
            draft.put(flow, lot, 0);
        }
        Ok(Verdict::applied(draft, before, figures))
    }

    /// The verdict on what changes a member, but no points: the answer shows its first wallet.
    pub fn shown<'a>(&self, member: u32) -> Verdict<'a> {
        let draft = self.draft(WalletId {
            member,
            currency: MAIN_CURRENCY,
        });
        let before = draft.balance();
        Verdict::applied(draft, before, Figures::default())
    }

    /// The verdict on undoing a refused original: nothing moves, and the answer shows its wallet.
    pub fn nothing_to_undo<'a>(&self, original: &Entry<'_>) -> Verdict<'a> {
        let verdict = self.wallet_of(original).map(|wallet| {
            let draft = self.draft(wallet);
            let before = draft.balance();
            Verdict::applied(draft, before, Figures::default())
        });
        verdict.unwrap_or_default().about(original.sequence)
    }

    /// The wallet that the request of an entry that moved nothing is about.
    pub fn wallet_of(&self, unmoved: &Entry<'_>) -> Option<WalletId> {
        // Whom a code named is forgotten with it.
        let name = unmoved.request.command.member();
        match name.is_some_and(is_code) {
            true => None,
            false => self.state.asked_wallet(unmoved),
        }
    }

    /// Whether the latest follow-up of an original reversed some of it: the undo of a reversal does not.
    pub fn is_reversed_before(&self, original: &Entry<'_>) -> bool {
        let latest = self.originals.latest.as_deref();
        latest.is_some_and(|latest| latest.original == original.sequence)
    }

    /// The entry that the request names.
    pub fn original(&self) -> Result<&'s Entry<'static>, Rejection> {
        self.originals
            .original
            .as_deref()
            .filter(|_| self.owns_original())
            .ok_or_else(|| Rejection::plain(Code::TransactionNotFound))
    }
}
