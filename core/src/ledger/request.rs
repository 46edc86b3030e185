//! What a caller asks for: one struct per verb, borrowed from the caller where it can be.

use std::borrow::Cow;

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
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enroll<'a> {
    pub member: Text<'a>,
    pub aliases: Vec<Alias<'a>>,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All that is left.
    Rest,
    Points(i64),
    Money(Money),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reverse<'a> {
    pub original: Reference<'a>,
    pub part: Part,
    /// If given, the original must belong to this member.
    pub member: Option<MemberName<'a>>,
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
    /// The verb's one word.
    pub const fn verb(&self) -> &'static str {
        match self {
            Command::Enroll(_) => "enroll",
            Command::AddAlias(_) => "add_alias",
            Command::RemoveAlias(_) => "remove_alias",
            Command::Purchase(_) => "purchase",
            Command::Accrue(_) => "accrue",
            Command::Redeem(_) => "redeem",
            Command::Authorize(_) => "authorize",
            Command::Capture(_) => "capture",
            Command::Void(_) => "void",
            Command::Reverse(_) => "reverse",
            Command::Adjust(_) => "adjust",
            Command::Publish(_) => "publish",
            Command::Sweep => "sweep",
            Command::Record(_) => "record",
        }
    }

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
            _ => None,
        }
    }

    /// The earlier entry this command is about, if it names one.
    pub const fn reference(&self) -> Option<&Reference<'a>> {
        match self {
            Command::Capture(capture) => Some(&capture.authorization),
            Command::Void(void) => Some(&void.authorization),
            Command::Reverse(reverse) => Some(&reverse.original),
            _ => None,
        }
    }
}
