//! What a caller asks for: one struct per verb, borrowed from the caller where it can be.

use std::borrow::Cow;

pub use super::codes::IssueOneTimeCode;
pub use super::link::{LinkMember, UnlinkMember};
use super::lot::LotId;
use super::program::{Restore, Shortfall};
pub use super::referral::commands::{
    BindReferral, ChangeCoupon, ClosePeriod, DisableCode, DisputeOutcome, IssueCode, Naming,
    RecordStep, RecordTouch, ReviewReferral,
};
pub use super::source::{Details, EntryMode, Receipt, ReceiptKind, ReceiptName, Source};
use super::time::Instant;

/// Text of a request: borrowed on the way in, owned where it has to last.
pub type Text<'a> = Cow<'a, str>;

/// One write, as asked. `key` is empty for verbs that carry none (sweep, publish, records of the engine).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// Name of the caller; empty for the process that embeds the ledger.
    pub caller: Text<'a>,
    pub key: Text<'a>,
    /// When it happened at the caller; `None` means when it is recorded.
    pub occurred_at: Option<Instant>,
    /// What few requests state; never an empty one.
    pub details: Option<Box<Details<'a>>>,
    pub command: Command<'a>,
}

/// The verbs. One word each, all the way down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command<'a> {
    Enroll(Enroll<'a>),
    AddAlias(ChangeAlias<'a>),
    RemoveAlias(ChangeAlias<'a>),
    Purchase(Purchase<'a>),
    Accrue(Accrue<'a>),
    Redeem(Redeem<'a>),
    Authorize(Authorize<'a>),
    Capture(Capture<'a>),
    Void(Void<'a>),
    Reverse(Reverse<'a>),
    Adjust(Adjust<'a>),
    Publish(Publish<'a>),
    Sweep,
    Transfer(Transfer<'a>),
    Block(ManageMember<'a>),
    Unblock(ManageMember<'a>),
    CloseMember(ManageMember<'a>),
    EraseMember(ManageMember<'a>),
    ReplaceAlias(ReplaceAlias<'a>),
    Reinstate(Reinstate<'a>),
    ExtendLot(ExtendLot<'a>),
    ExtendHold(ExtendHold<'a>),
    ForgiveDebt(ForgiveDebt<'a>),
    Activate(Activate<'a>),
    LinkMember(Box<LinkMember<'a>>),
    UnlinkMember(UnlinkMember<'a>),
    IssueOneTimeCode(IssueOneTimeCode<'a>),
    IssueCode(Box<IssueCode<'a>>),
    DisableCode(Box<DisableCode<'a>>),
    RecordTouch(Box<RecordTouch<'a>>),
    BindReferral(Box<BindReferral<'a>>),
    RecordStep(Box<RecordStep<'a>>),
    ReviewReferral(Box<ReviewReferral<'a>>),
    ClosePeriod(ClosePeriod<'a>),
    ChangeCoupon(Box<ChangeCoupon<'a>>),
    /// An all-or-nothing batch as a whole; its rows are entries of their own.
    Batch(Batch),
    /// A record of the engine itself: it changes no member.
    Record(Record),
}

/// How a request names its member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberName<'a> {
    Id(Text<'a>),
    Alias(Alias<'a>),
}

/// An alias as the ledger knows it: never the clear value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias<'a> {
    /// `card`, `phone`, `external_id`, `partner:<id>` or `one_time`.
    pub kind: Text<'a>,
    /// Keyed hash of kind and normalised value.
    pub hash: [u8; 16],
    /// Last four digits of a card; zero elsewhere.
    pub last_digits: u16,
}

/// How a request names an earlier entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference<'a> {
    Sequence(u64),
    /// A key of the same caller.
    Key(Text<'a>),
    /// A purchase by its sales receipt, a reversal by its return receipt, whoever reported it.
    Receipt(Box<ReceiptName<'a>>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enroll<'a> {
    pub member: Text<'a>,
    pub aliases: Vec<Alias<'a>>,
    /// Who brought the member; whatever is answered to it, the rest is applied.
    pub referral: Option<Box<Naming<'a>>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeAlias<'a> {
    pub member: MemberName<'a>,
    pub alias: Alias<'a>,
}

/// Money in minor units and its ISO 4217 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money {
    pub minor_units: i64,
    pub currency: [u8; 3],
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purchase<'a> {
    pub member: MemberName<'a>,
    pub amount: Money,
    /// Enrol the member in the same entry if its id is unknown.
    pub enroll: bool,
    /// What few purchases state; never an empty one.
    pub basket: Option<Box<Basket<'a>>>,
}

/// What was bought, how it was paid for, who joins with it and who brought them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Basket<'a> {
    /// Their amounts add up to the purchase's.
    pub lines: Vec<Line<'a>>,
    /// Minor units that earn before the part paid with points; `None`: what the lines leave, else all.
    pub eligible: Option<i64>,
    pub spend: Option<Spend<'a>>,
    pub joining: Option<Joining<'a>>,
    /// Who brought the member; whatever is answered to it, the rest is applied.
    pub referral: Option<Box<Naming<'a>>>,
}

/// One line of a sales receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    pub sku: Text<'a>,
    pub category: Text<'a>,
    pub quantity: i64,
    /// Minor units of the whole line.
    pub amount: i64,
    /// Earns nothing, whatever its category.
    pub excluded: bool,
}

/// How a purchase is paid with points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spend<'a> {
    Redeem {
        points: i64,
    },
    Capture {
        authorization: Reference<'a>,
        /// `None`: all that is held.
        points: Option<i64>,
    },
}

/// A member to be made if the name is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Joining<'a> {
    /// `None`: the id that names the member, else the first alias's hash in hexadecimal, with `-2` and so on behind it
    /// where that id is taken.
    pub id: Option<Text<'a>>,
    pub aliases: Vec<Alias<'a>>,
}

/// Who pays for a lot and what for: part of every lot's terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// Millionths of a unit of money for one point.
    pub micros: i64,
    pub currency: [u8; 3],
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accrue<'a> {
    pub member: MemberName<'a>,
    /// Name of the currency of points.
    pub wallet: Text<'a>,
    pub points: i64,
    /// `None`: as the currency's policy says.
    pub activates_at: Option<Instant>,
    /// `None`: as the currency's policy says; `Instant::NEVER`: never.
    pub expires_at: Option<Instant>,
    pub funder: Option<Text<'a>>,
    pub price: Option<Price>,
    pub enroll: bool,
    pub joining: Option<Box<Joining<'a>>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redeem<'a> {
    pub member: MemberName<'a>,
    pub wallet: Text<'a>,
    pub points: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorize<'a> {
    pub member: MemberName<'a>,
    pub wallet: Text<'a>,
    pub points: i64,
    /// Microseconds the hold lives; `None`: the program's default.
    pub ttl_micros: Option<i64>,
    /// Hold what there is if it is less than asked for.
    pub allow_partial: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture<'a> {
    pub authorization: Reference<'a>,
    /// `None`: all that is held. Zero releases the hold.
    pub points: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Void<'a> {
    pub authorization: Reference<'a>,
}

/// How much of the original is reversed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// All that is left.
    Rest,
    Points(i64),
    Money(Money),
    Lines(Vec<ReturnedLine>),
}

/// What of a purchase's line is returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReturnedLine {
    /// Place of the line in the purchase, from 1.
    pub line: u32,
    /// `None`: all that is left of it.
    pub quantity: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reverse<'a> {
    pub original: Reference<'a>,
    pub part: Part,
    /// If given, the original must belong to this member.
    pub member: Option<MemberName<'a>>,
    /// `None`: as the program says.
    pub shortfall: Option<Shortfall>,
    /// `None`: as the program says.
    pub restore: Option<Restore>,
    /// It is a dispute: the whole sale is charged back, or the chargeback that stands is undone.
    pub dispute: Option<DisputeOutcome>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjust<'a> {
    pub member: MemberName<'a>,
    pub wallet: Text<'a>,
    /// Signed: above zero gives, below zero takes.
    pub points: i64,
    pub reason: Text<'a>,
    pub actor: Text<'a>,
    pub expires_at: Option<Instant>,
    /// What is taken beyond what is available becomes debt.
    pub overdraw: bool,
}

/// Points change hands with their dates, terms and origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer<'a> {
    pub giver: MemberName<'a>,
    pub receiver: MemberName<'a>,
    pub wallet: Text<'a>,
    pub points: i64,
}

/// A member is blocked, unblocked or closed by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManageMember<'a> {
    pub member: MemberName<'a>,
    pub reason: Text<'a>,
    pub actor: Text<'a>,
}

/// A lost alias gives way to a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplaceAlias<'a> {
    pub member: MemberName<'a>,
    pub old: Alias<'a>,
    pub new: Alias<'a>,
    pub reason: Text<'a>,
}

/// Expired points of one lot come back by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reinstate<'a> {
    pub member: MemberName<'a>,
    pub wallet: Text<'a>,
    pub lot: LotId,
    /// `None`: all that expired of it.
    pub points: Option<i64>,
    /// `None`: as if earned now.
    pub expires_at: Option<Instant>,
    pub reason: Text<'a>,
    pub actor: Text<'a>,
}

/// A lot gets another expiry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtendLot<'a> {
    pub member: MemberName<'a>,
    pub wallet: Text<'a>,
    pub lot: LotId,
    pub expires_at: Instant,
    pub reason: Text<'a>,
    pub actor: Text<'a>,
}

/// A hold lives on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtendHold<'a> {
    pub authorization: Reference<'a>,
    /// Microseconds from now.
    pub ttl_micros: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForgiveDebt<'a> {
    pub member: MemberName<'a>,
    pub wallet: Text<'a>,
    /// `None`: all of it.
    pub points: Option<i64>,
    pub reason: Text<'a>,
    pub actor: Text<'a>,
}

/// The event has come that the pending points of an entry wait for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activate<'a> {
    pub original: Reference<'a>,
    /// If given, the original must belong to this member.
    pub member: Option<MemberName<'a>>,
}

/// What an all-or-nothing batch says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    pub rows: u32,
    /// Of all rows in their order.
    pub digest: [u8; 32],
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publish<'a> {
    /// The program file's text.
    pub toml: Text<'a>,
}

/// What the engine itself writes down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record {
    /// This ledger was restored from a backup up to and including this sequence.
    Restored { through: u64 },
    /// An operator accepted the system clock after a jump.
    ClockAccepted,
    /// The ledger left its manual clock for the system's, for good.
    ClockIsSystem,
}

impl<'a> Command<'a> {
    /// The member this command names, if it names one.
    pub const fn member(&self) -> Option<&MemberName<'a>> {
        match self {
            Command::AddAlias(change) | Command::RemoveAlias(change) => Some(&change.member),
            Command::Purchase(purchase) => Some(&purchase.member),
            Command::Accrue(accrue) => Some(&accrue.member),
            Command::Redeem(redeem) => Some(&redeem.member),
            Command::Authorize(authorize) => Some(&authorize.member),
            Command::Adjust(adjust) => Some(&adjust.member),
            Command::Reverse(reverse) => reverse.member.as_ref(),
            Command::Transfer(transfer) => Some(&transfer.giver),
            Command::Block(manage)
            | Command::Unblock(manage)
            | Command::CloseMember(manage)
            | Command::EraseMember(manage) => Some(&manage.member),
            Command::ReplaceAlias(replace) => Some(&replace.member),
            Command::Reinstate(reinstate) => Some(&reinstate.member),
            Command::ExtendLot(extend) => Some(&extend.member),
            Command::ForgiveDebt(forgive) => Some(&forgive.member),
            Command::Activate(activate) => activate.member.as_ref(),
            Command::LinkMember(link) => Some(&link.member),
            Command::UnlinkMember(unlink) => Some(&unlink.member),
            Command::IssueOneTimeCode(issue) => Some(&issue.member),
            Command::IssueCode(issue) => Some(&issue.member),
            Command::BindReferral(bind) => Some(&bind.friend),
            Command::RecordStep(step) => Some(&step.friend),
            Command::ReviewReferral(review) => Some(&review.friend),
            Command::ChangeCoupon(change) => Some(&change.member),
            _ => None,
        }
    }

    /// Who is named as having brought the member.
    pub fn naming(&self) -> Option<&Naming<'a>> {
        match self {
            Command::Enroll(enroll) => enroll.referral.as_deref(),
            Command::Purchase(purchase) => purchase.basket.as_ref()?.referral.as_deref(),
            Command::BindReferral(bind) => Some(&bind.naming),
            _ => None,
        }
    }

    /// The earlier entry this command is about, if it names one.
    pub fn reference(&self) -> Option<&Reference<'a>> {
        match self {
            Command::Capture(capture) => Some(&capture.authorization),
            Command::Void(void) => Some(&void.authorization),
            Command::Reverse(reverse) => Some(&reverse.original),
            Command::ExtendHold(extend) => Some(&extend.authorization),
            Command::Activate(activate) => Some(&activate.original),
            Command::Purchase(purchase) => purchase.basket.as_ref()?.captured(),
            _ => None,
        }
    }

    /// What the receipt of such a command documents, if it can be used only once.
    pub const fn receipt_kind(&self) -> Option<ReceiptKind> {
        match self {
            Command::Purchase(_) => Some(ReceiptKind::Sale),
            Command::Reverse(_) => Some(ReceiptKind::Return),
            _ => None,
        }
    }
}

impl Command<'_> {
    /// Whether it undoes the chargeback of the sale that it names.
    pub fn is_won_dispute(&self) -> bool {
        let won = Some(DisputeOutcome::Won);
        matches!(self, Command::Reverse(reverse) if reverse.dispute == won)
    }
}

impl Purchase<'_> {
    /// Whether points pay for a part of it.
    pub fn takes_points(&self) -> bool {
        let spend = self
            .basket
            .as_ref()
            .and_then(|basket| basket.spend.as_ref());
        spend.is_some()
    }
}

impl<'a> Basket<'a> {
    /// The authorization that pays for it.
    pub const fn captured(&self) -> Option<&Reference<'a>> {
        match &self.spend {
            Some(Spend::Capture { authorization, .. }) => Some(authorization),
            _ => None,
        }
    }
}
