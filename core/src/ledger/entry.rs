//! Entries: what was decided, as facts. Replay needs nothing else.

use smallvec::SmallVec;

use super::codes::OneTimeCode;
pub use super::flow::{Flow, Way};
use super::link::LinkTerms;
use super::lot::{Lot, LotId, is_of_reward};
use super::members::Status;
use super::referral::book;
use super::referral::commands::Month;
use super::referral::coupon::Coupon;
use super::referral::file::{File, Refund, Touch};
use super::rejection::Code;
use super::request::{Alias, Price, Request, Text};
use super::time::Instant;

/// When the engine recorded an entry: nanoseconds since 1970, strictly increasing along the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RecordedAt(pub i64);

impl RecordedAt {
    /// The microsecond it lies in: what lots and holds are judged at.
    pub const fn instant(self) -> Instant {
        Instant(self.0.div_euclid(1_000))
    }

    /// The last nanosecond of a microsecond: what "as of" means.
    pub const fn end_of(instant: Instant) -> RecordedAt {
        RecordedAt(instant.0.saturating_mul(1_000).saturating_add(999))
    }
}

/// One immutable journal record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    pub sequence: u64,
    pub recorded_at: RecordedAt,
    /// Version of the program it was decided under; 0 is the built-in default.
    pub program: u32,
    pub request: Request<'a>,
    pub code: Code,
    pub figures: Figures,
    /// Sequence of the entry it captures, voids or reverses; 0 if none.
    pub original: u64,
    /// What belongs to no wallet, in order of application.
    pub facts: SmallVec<[Fact<'a>; 1]>,
    /// What happened to each wallet, at most one effect per wallet.
    pub effects: SmallVec<[Effect; 1]>,
}

/// The numbers of an answer. What does not apply is zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub requested: i64,
    /// Points that the entry gave (earned, returned) or moved (redeemed, held, captured, taken back).
    pub awarded: i64,
    /// Of a refusal: what the wallet had when it was refused.
    pub available: i64,
    pub held: i64,
    pub debt: i64,
    /// Of a reversal: money and points reversed so far, this entry included.
    pub reversed_money: i64,
    pub reversed_points: i64,
    /// Of a reversal: expired points that counted as taken so far, this entry included.
    pub reversed_expired: i64,
    /// Of a purchase: points of the member that it was paid with. Of its reversal: those given back.
    pub spent: i64,
    /// Minor units paid in money, or to be given back.
    pub cash: i64,
    /// Minor units kept back for points that are gone.
    pub kept_back: i64,
    /// Points written off instead of taken.
    pub spared: i64,
    /// Points charged to the account of the store; those credited to it below zero.
    pub charged: i64,
    /// Of a purchase: minor units that earned. Where a purchase states an amount alone, this and `cash` stay 0: both
    /// are the amount.
    pub eligible: i64,
    /// Cumulative, this entry included: points given back to the member or the store, money returned by lines, and
    /// what of it had earned.
    pub reversed_spent: i64,
    pub reversed_by_lines: i64,
    pub eligible_by_lines: i64,
}

/// What belongs to no wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact<'a> {
    /// Members are numbered densely from 0 in order of enrolment.
    MemberEnrolled {
        member: u32,
        id: Text<'a>,
    },
    AliasAdded {
        member: u32,
        alias: Alias<'a>,
    },
    AliasRemoved {
        member: u32,
        alias: Alias<'a>,
    },
    /// Terms are numbered densely from 1 in order of first use.
    TermsAdded {
        terms: u32,
        funder: Option<Text<'a>>,
        price: Option<Price>,
    },
    /// The program in its compiled form; versions are numbered densely from 1.
    ProgramPublished {
        version: u32,
        compiled: std::borrow::Cow<'a, [u8]>,
    },
    /// Ends an alias as its removal does; nobody gets it again.
    AliasLost {
        member: u32,
        alias: Alias<'a>,
    },
    StatusChanged {
        member: u32,
        status: Status,
    },
    /// The entry waits for what it undoes; `previous` is the entry that waited before it for the same, 0 if none.
    Parked {
        previous: u64,
    },
    /// Points, signed, on the account of a store.
    StoreCharged {
        store: Text<'a>,
        currency: u8,
        points: i64,
    },
    /// Points, signed, of a member's offline allowance on a local day (days since 1970-01-01).
    OfflineUsed {
        member: u32,
        day: i32,
        points: i64,
    },
    /// How much of a purchase's line has been returned so far.
    LineReturned {
        line: u32,
        quantity: i64,
    },
    /// The entry undoes a reversal; it is the latest follow-up of this original too.
    Reopened {
        original: u64,
    },
    /// Ties a partner to a member, or ties it anew: what it used of its day stays used.
    Linked {
        member: u32,
        partner: Text<'a>,
        terms: Box<LinkTerms>,
    },
    Unlinked {
        member: u32,
        partner: Text<'a>,
    },
    /// Points that a partner took on a local day (days since 1970-01-01).
    LinkUsed {
        member: u32,
        partner: Text<'a>,
        day: i32,
        points: i64,
    },
    CodeIssued {
        hash: [u8; 16],
        code: Box<OneTimeCode>,
    },
    CodeUsed {
        hash: [u8; 16],
    },
    /// Programs of referrals are numbered densely from 0, in the order in which they were first published.
    ReferralCodeIssued {
        program: u16,
        code: Text<'a>,
        issued: Box<book::Code>,
    },
    /// It works no more from this entry on.
    ReferralCodeDisabled {
        program: u16,
        code: Text<'a>,
    },
    /// Somebody has it, or nobody any more, from this entry on.
    CouponChanged {
        program: u16,
        code: Text<'a>,
        coupon: Coupon<u32>,
    },
    Touched {
        program: u16,
        token: Option<Text<'a>>,
        touch: Box<Touch>,
        /// First entry of the token that makes room for it; 0 if none does.
        forgets: u64,
    },
    /// What is known of a friend in a program from now on.
    Referral {
        program: u16,
        friend: u32,
        file: Box<File>,
    },
    /// Fingerprints that a member was not known by before, in order.
    Fingerprints {
        member: u32,
        marks: Vec<Text<'a>>,
    },
    /// The rule about too many binds let one pass; so many of the latest are remembered.
    BindPassed {
        program: u16,
        advocate: u32,
        most: u16,
    },
    /// A return that had waited for this purchase.
    RefundMet {
        refund: Refund,
    },
    PeriodClosed {
        program: u16,
        month: Month,
    },
    /// What became of the referral that a sign-up or a sale named.
    ReferralAnswered {
        code: Code,
    },
    /// The row, from 0, that an all-or-nothing batch was refused for.
    RowRefused {
        row: u32,
    },
}

/// Names one wallet: the member's number and the currency's number in the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WalletId {
    pub member: u32,
    pub currency: u8,
}

/// What one entry did to one wallet; self-contained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    pub wallet: WalletId,
    /// Sequence of the wallet's effect before this one; 0 for its first.
    pub previous: u64,
    /// The hold this entry opened or extended, with the instant at which it lapses.
    pub opened: Option<Opened>,
    /// In order of application. Time's own come first; only what comes back too late expires after it.
    pub movements: SmallVec<[Movement; 1]>,
    pub after: Balance,
    /// Earliest activation of a pending lot after the entry; `NEVER` if none.
    pub next_activation: Instant,
    /// Earliest expiry of a lot after the entry; `NEVER` if none.
    pub next_expiry: Instant,
    /// The date of a sliding wallet that the entry sets; `NEVER` if it sets none.
    pub inactive_at: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    pub hold: u64,
    pub lapses_at: Instant,
}

/// The four parts of a balance. Each is zero or more; with debt nothing is available.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    pub pending: i64,
    pub available: i64,
    pub held: i64,
    pub debt: i64,
}

impl Balance {
    /// What the wallet is worth: pending + available + held − debt.
    pub const fn outstanding(&self) -> i128 {
        self.pending as i128 + self.available as i128 + self.held as i128 - self.debt as i128
    }
}

/// Points moving between the parts of a balance, or in, or out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Movement {
    pub flow: Flow,
    /// The instant at which time itself moved them; `None` for the entry's own movements.
    pub due_at: Option<Instant>,
    /// Which points; for `Overdrawn` only the amount counts.
    pub lot: Lot,
    /// Of points becoming available: the part that paid debt instead.
    pub paid: i64,
    /// Sequence of the authorization whose hold they enter or leave, or of the entry that wrote points off; 0 if none.
    pub hold: u64,
}

impl Movement {
    /// Whether it gives or takes points of a reward of referrals, or gives them other dates.
    pub fn is_of_reward(&self) -> bool {
        let moves = matches!(self.flow, Flow::MovedOut | Flow::MovedIn);
        self.flow.is_of_reward() || (moves && is_of_reward(self.lot.origin))
    }

    /// Whether it can leave a lot that was not there; what lapses or is released only returns to its own.
    pub fn makes_lot(&self) -> bool {
        matches!(self.flow.way(), Way::New | Way::Back | Way::Restored)
    }
}

/// Counts places for the lots that take over points of others.
#[derive(Clone, Copy, Debug)]
pub struct LotCounter {
    sequence: u64,
    next: u32,
}

impl LotCounter {
    pub const fn new(sequence: u64) -> LotCounter {
        LotCounter { sequence, next: 1 }
    }

    /// The next grace lot.
    pub const fn take(&mut self) -> LotId {
        let id = LotId::new(self.sequence, self.next);
        self.next += 1;
        id
    }

    /// The next lot that takes over points as they are: of a grace lot it is one too.
    pub const fn take_for(&mut self, old: LotId) -> LotId {
        let id = self.take();
        if old.is_grace() { id } else { id.moved() }
    }
}
