//! Where a friend's referral stands: what follows from a file, a friend's purchases and the time, and decides nothing.

use std::borrow::Cow;
use std::sync::Arc;

use super::book::{Book, Buyer, Referrals};
use super::codes;
use super::edge::EdgeState;
use super::file::{Claim, Conversion, Edge, File, Sale, Touch};
use super::progress::Progress;
use super::touch::TouchState;
use crate::ledger::members::Status;
use crate::ledger::program::referral::Step;
use crate::ledger::program::{Calendar, Period, Program, ReferralRules};
use crate::ledger::rejection::Code;
use crate::ledger::state::Objects;
use crate::ledger::time::{Instant, MICROS_PER_DAY, MICROS_PER_SECOND};

/// One program's book beside what all programs know, at an instant.
#[derive(Clone, Copy)]
pub struct Standing<'l> {
    pub objects: &'l Objects,
    pub referrals: &'l Referrals,
    pub book: &'l Book,
    /// The rules in force.
    pub rules: &'l ReferralRules,
    pub calendar: &'l Calendar,
    pub now: Instant,
    /// A purchase as the entry at hand tells it, with its buyer: it stands before what the books say.
    pub told: Option<&'l (u32, Sale)>,
}

/// What fulfils the conditions: when, by which entry, and on which sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub key: Box<str>,
    pub occurred_at: Instant,
    pub sale: u64,
}

/// A step that was done, by what did it first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Done {
    occurred_at: Instant,
    key: Box<str>,
    /// Place of the step in the rules.
    step: usize,
    sale: u64,
}

/// An instant and a period later: weeks, days and hours are exact time, months and years pass on the calendar. `NEVER`
/// where that lies beyond all time.
pub fn after(calendar: &Calendar, instant: Instant, period: Period) -> Instant {
    if period.months > 0 {
        return calendar.after(instant, period).unwrap_or(Instant::NEVER);
    }
    let micros = i64::from(period.days)
        .saturating_mul(MICROS_PER_DAY)
        .saturating_add(i64::from(period.seconds).saturating_mul(MICROS_PER_SECOND));
    instant.checked_add(micros).unwrap_or(Instant::NEVER)
}

/// The rules that a program had for a book.
pub fn rules_of<'p>(
    programs: &'p [Arc<Program>],
    version: u32,
    book: &Book,
) -> Option<&'p ReferralRules> {
    programs.get(version as usize)?.referral(&book.name)
}

impl<'l> Standing<'l> {
    pub fn after(&self, instant: Instant, period: Period) -> Instant {
        after(self.calendar, instant, period)
    }

    /// The rules by which a conversion was decided.
    pub fn rules_of(&self, conversion: &Conversion) -> &'l ReferralRules {
        let rules = rules_of(&self.objects.programs, conversion.program, self.book);
        rules.unwrap_or(self.rules)
    }

    pub fn is_open(&self, claim: &Claim) -> bool {
        self.now < self.after(claim.recorded_at, self.rules.grace)
    }

    /// A friend's first purchase; of one from before there were referrals only that it was.
    pub fn buyer(&self, friend: u32) -> Option<Buyer> {
        let known = self.referrals.buyer(friend);
        if let Some((_, sale)) = self.told.filter(|(buyer, _)| *buyer == friend) {
            let first = known.unwrap_or(Buyer {
                occurred_at: sale.occurred_at,
                recorded_at: sale.recorded_at,
            });
            return Some(Buyer {
                occurred_at: first.occurred_at.min(sale.occurred_at),
                ..first
            });
        }
        if known.is_some() {
            return known;
        }
        let is_known = friend < self.objects.member_count();
        (is_known && self.objects.member(friend).has_bought).then_some(Buyer {
            occurred_at: Instant::FIRST,
            recorded_at: Instant::FIRST,
        })
    }

    /// Whether the friend bought, nobody was named, and grace is over.
    pub fn is_closed(&self, friend: u32, file: &File) -> bool {
        let has_open_claim = || file.claim.as_ref().is_some_and(|claim| self.is_open(claim));
        if file.edge.is_some() || !self.rules.friend_must_be_new || has_open_claim() {
            return false;
        }
        let buyer = self.buyer(friend);
        buyer.is_some_and(|buyer| self.now >= self.after(buyer.recorded_at, self.rules.grace))
    }

    pub fn is_erased(&self, member: u32) -> bool {
        let is_known = member < self.objects.member_count();
        is_known && self.objects.member(member).status == Status::Erased
    }

    pub fn edge(&self, friend: u32, file: &File) -> EdgeState {
        match &file.edge {
            Some(_) if file.is_void => EdgeState::Void,
            Some(edge) if self.is_erased(friend) || self.is_erased(edge.advocate) => {
                EdgeState::Anonymised
            }
            Some(_) if file.is_moved => EdgeState::Moved,
            Some(_) => EdgeState::Bound,
            None if self.is_closed(friend, file) => EdgeState::Closed,
            None => EdgeState::Unbound,
        }
    }

    /// Touches of the claim's token and its code that somebody brought about.
    pub fn touches<'c>(&self, claim: &'c Claim) -> impl Iterator<Item = &'c Touch>
    where
        'l: 'c,
    {
        self.visits(claim).filter(|touch| !touch.is_direct())
    }

    /// The same with visits that came by themselves.
    pub fn visits<'c>(&self, claim: &'c Claim) -> impl Iterator<Item = &'c Touch>
    where
        'l: 'c,
    {
        let token = claim.token.as_deref();
        let of_token = token.map_or(&[][..], |token| self.book.touches(token));
        of_token.iter().chain(&claim.typed)
    }

    /// Whether a claim waits for a touch that nobody has told.
    pub fn is_stub(&self, claim: &Claim) -> bool {
        claim.code.is_none() && self.touches(claim).next().is_none()
    }

    /// Whether a touch's window covers the claim.
    pub fn covers(&self, touch: &Touch, claim: &Claim) -> bool {
        let ends_at = self.after(touch.touched_at, self.rules.windows.of(touch.method));
        touch.touched_at <= claim.identified_at && claim.identified_at < ends_at
    }

    /// Whether an event occurred between binding and deadline, and did not have to wait for longer than grace on either
    /// side.
    fn is_in_time(&self, rules: &ReferralRules, file: &File, times: (Instant, Instant)) -> bool {
        let (Some(claim), Some(edge)) = (&file.claim, &file.edge) else {
            return false;
        };
        let (occurred_at, recorded_at) = times;
        let deadline = self.after(edge.bound_at, rules.deadline);
        self.after(recorded_at, rules.grace) > claim.recorded_at
            && recorded_at < self.after(deadline, rules.grace)
            && edge.bound_at <= occurred_at
            && occurred_at < deadline
    }

    /// One of a friend's purchases.
    pub fn sale_of(&self, friend: u32, sequence: u64) -> Option<Cow<'l, Sale>> {
        match self.told {
            Some((buyer, sale)) if *buyer == friend && sale.sequence == sequence => {
                Some(Cow::Borrowed(sale))
            }
            _ => self.referrals.sale(friend, sequence).map(Cow::Owned),
        }
    }

    /// Purchases that may count, the earliest first.
    fn counted(&self, rules: &ReferralRules, friend: u32, file: &File) -> Vec<Cow<'l, Sale>> {
        let in_time =
            |occurred_at, recorded_at| self.is_in_time(rules, file, (occurred_at, recorded_at));
        let told = self.told.filter(|(buyer, _)| *buyer == friend);
        let told = told.map(|(_, sale)| sale);
        let is_told = |sale: &Sale| told.is_some_and(|told| told.sequence == sale.sequence);
        let known = self.referrals.sales(friend, in_time).into_iter();
        let known = known.filter(|sale| !is_told(sale)).map(Cow::Owned);
        let told = told.filter(|sale| in_time(sale.occurred_at, sale.recorded_at));
        let mut sales: Vec<Cow<'_, Sale>> = known.chain(told.map(Cow::Borrowed)).collect();
        sales.sort_by(|one, other| {
            (one.occurred_at, &one.key).cmp(&(other.occurred_at, &other.key))
        });
        sales
    }

    /// Each step that was done, by what did it first.
    fn done(&self, rules: &ReferralRules, friend: u32, file: &File) -> Vec<Done> {
        let mut done = Vec::new();
        for (place, step) in rules.steps.iter().enumerate() {
            done.extend(match step {
                Step::FirstPurchase { minimum } | Step::EveryPurchase { minimum } => {
                    let mut sales = self.counted(rules, friend, file);
                    if rules.very_first_only {
                        sales.truncate(1);
                    }
                    let first = sales.into_iter().find(|sale| sale.amount >= *minimum);
                    first.map(|sale| Done {
                        occurred_at: sale.occurred_at,
                        key: sale.key.clone(),
                        step: place,
                        sale: sale.sequence,
                    })
                }
                other => {
                    let name = other.name();
                    let told = file.steps.iter().filter(|told| {
                        *told.step == *name
                            && self.is_in_time(rules, file, (told.occurred_at, told.recorded_at))
                    });
                    let first = told.min_by_key(|told| (told.occurred_at, &told.key));
                    first.map(|told| Done {
                        occurred_at: told.occurred_at,
                        key: told.key.clone(),
                        step: place,
                        sale: 0,
                    })
                }
            });
        }
        done
    }

    /// What fulfils the conditions, the earliest occurrence first; the order of arrival has no say.
    pub fn events(&self, rules: &ReferralRules, friend: u32, file: &File) -> Vec<Event> {
        if let [Step::EveryPurchase { minimum }] = rules.steps.as_slice() {
            let sales = self.counted(rules, friend, file).into_iter();
            return sales
                .filter(|sale| sale.amount >= *minimum)
                .map(|sale| Event {
                    key: sale.key.clone(),
                    occurred_at: sale.occurred_at,
                    sale: sale.sequence,
                })
                .collect();
        }
        let mut done = self.done(rules, friend, file);
        let Some(needed) = usize::from(rules.needs)
            .checked_sub(1)
            .filter(|last| *last < done.len())
        else {
            return Vec::new();
        };
        done.sort();
        let counted = done[..=needed].iter();
        let sale = counted.map(|done| done.sale).find(|sale| *sale != 0);
        let last = &done[needed];
        vec![Event {
            key: last.key.clone(),
            occurred_at: last.occurred_at,
            sale: sale.unwrap_or(0),
        }]
    }

    /// The purchase among a conversion's steps.
    pub fn sale(&self, friend: u32, conversion: &Conversion) -> Option<Cow<'l, Sale>> {
        match conversion.sale {
            0 => None,
            sequence => self.sale_of(friend, sequence),
        }
    }

    pub fn is_charged_back(&self, friend: u32, conversion: &Conversion) -> bool {
        let sale = self.sale(friend, conversion);
        sale.is_some_and(|sale| sale.is_charged_back(conversion.clawback_ends_at))
    }

    /// The sale was charged back, or so much of it came back that it would not have counted.
    pub fn is_reversed(&self, friend: u32, conversion: &Conversion) -> bool {
        if conversion.has_lapsed {
            return true;
        }
        let Some(sale) = self.sale(friend, conversion) else {
            return false;
        };
        if sale.never_stood || sale.is_charged_back(conversion.clawback_ends_at) {
            return true;
        }
        let rules = self.rules_of(conversion);
        let minimum = rules
            .steps
            .iter()
            .filter_map(Step::minimum)
            .max()
            .unwrap_or(0);
        let refunded = sale.refunded(conversion.clawback_ends_at);
        refunded > 0 && (sale.amount - refunded < minimum || refunded >= sale.amount)
    }

    /// How far a bound friend is; nothing without an edge.
    pub fn progress(
        &self,
        friend: u32,
        file: &File,
        waits: impl Fn(&Conversion) -> bool,
    ) -> Option<Progress> {
        let edge = file.edge.as_ref()?;
        if file.is_void {
            return Some(match file.conversions.is_empty() {
                true => Progress::Denied,
                false => Progress::Reversed,
            });
        }
        if file.conversions.is_empty() {
            return Some(self.unfulfilled(friend, file, edge));
        }
        let states = file.conversions.iter().map(|conversion| {
            if self.is_reversed(friend, conversion) {
                Progress::Reversed
            } else if waits(conversion) {
                Progress::Qualified
            } else {
                Progress::Settled
            }
        });
        let rank = |state: &Progress| match state {
            Progress::Qualified => 0,
            Progress::Settled => 1,
            _ => 2,
        };
        states.min_by_key(rank)
    }

    fn unfulfilled(&self, friend: u32, file: &File, edge: &Edge) -> Progress {
        let deadline = self.after(edge.bound_at, self.rules.deadline);
        if self.now >= self.after(deadline, self.rules.grace) {
            return Progress::Expired;
        }
        let done = self.done(self.rules, friend, file);
        let is_first = |step: &Step| matches!(step, Step::FirstPurchase { .. });
        let is_sale = |step: usize| is_first(&self.rules.steps[step]);
        let missed = self.rules.very_first_only
            && self.rules.steps.iter().any(is_first)
            && !done.iter().any(|done| is_sale(done.step))
            && !self.counted(self.rules, friend, file).is_empty();
        if missed && self.rules.steps.len() - 1 < usize::from(self.rules.needs) {
            return Progress::BelowMinimum;
        }
        Progress::Open {
            done: done.len() as u8,
            needed: self.rules.needs,
        }
    }

    /// Steps that a bound friend has not done, by name.
    pub fn open_steps(&self, friend: u32, file: &File) -> Vec<String> {
        let done = self.done(self.rules, friend, file);
        let is_open = |place: &usize| !done.iter().any(|done| done.step == *place);
        let open = (0..self.rules.steps.len()).filter(is_open);
        open.map(|place| self.rules.steps[place].name()).collect()
    }

    /// Every touch of the friend's claim by its key; a token that no touch has named is a stub.
    pub fn touch_states(&self, file: &File) -> Vec<(Box<str>, TouchState)> {
        let Some(claim) = &file.claim else {
            return Vec::new();
        };
        let is_open = self.is_open(claim);
        let touches = self.visits(claim);
        let state = |touch: &Touch| match &file.edge {
            Some(edge) if edge.touch == touch.key && !file.is_moved => TouchState::Won,
            None if is_open => TouchState::Candidate,
            _ => TouchState::Lost,
        };
        let mut states: Vec<_> = touches
            .map(|touch| (touch.key.clone(), state(touch)))
            .collect();
        if states.is_empty() {
            let state = if is_open {
                TouchState::Stub
            } else {
                TouchState::Orphaned
            };
            return vec![(claim.key.clone(), state)];
        }
        states.sort_by(|one, other| one.0.cmp(&other.0));
        states
    }
}

/// The refusal of a code that is used at an instant, whoever uses it.
pub fn refusal(code: &super::book::Code, at: Instant) -> Option<Code> {
    if at >= code.disabled_at {
        return Some(Code::CodeDisabled);
    }
    (at >= code.expires_at).then_some(Code::CodeExpired)
}

/// Whether what was typed can be a code.
pub fn can_be_code(typed: &str) -> bool {
    codes::read(typed).is_some()
}
