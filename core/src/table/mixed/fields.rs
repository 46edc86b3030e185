//! The columns of a table of mixed verbs, and what each holds.

use crate::ledger::program::referral::Method;
use crate::ledger::program::{Restore, Shortfall};
use crate::ledger::referral::commands::{DisputeOutcome, ReviewDecision};
use crate::ledger::referral::coupon::CouponAction;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    Text,
    /// A card, a phone number or another alias whose kind is the column's own.
    Alias(&'static str),
    /// An alias whose kind stands in another column.
    AliasOfKind(Field),
    /// A member: an alias where its kind stands in another column, an id elsewhere.
    Member(Field),
    /// An alias of the partner in the column `partner`.
    AliasOfPartner,
    /// What a link lets a partner do: words with spaces between them.
    Scopes,
    Points,
    /// A sequence or a lot's number.
    Number,
    Money,
    Price,
    Currency,
    Instant,
    RecordedAt,
    Duration,
    Date,
    Flag,
    /// One of these, by place.
    OneOf(&'static [&'static str]),
    /// Some words: a list of text, or text with spaces between them.
    Words,
    Lines,
}

macro_rules! fields {
    ($($field:ident $name:literal $holds:expr;)*) => {
        /// A column.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Field { $($field,)* }

        /// Every column there is: its name and what it holds.
        pub const FIELDS: &[(Field, &str, Holds)] = &[$((Field::$field, $name, $holds),)*];
    };
}

const SHORTFALLS: &[&str] = &names_of(Shortfall::ALL);
const RESTORES: &[&str] = &names_of(Restore::ALL);
const METHODS: &[&str] = &names_of(Method::ALL);
const DECISIONS: &[&str] = &names_of(ReviewDecision::ALL);
const OUTCOMES: &[&str] = &names_of(DisputeOutcome::ALL);
const ACTIONS: &[&str] = &names_of(CouponAction::ALL);
const MODES: &[&str] = &["", "scanned", "swiped", "keyed", "phone", "app"];

const fn names_of<T: Copy, const N: usize>(policies: [(&'static str, T); N]) -> [&'static str; N] {
    let (mut names, mut place) = ([""; N], 0);
    while place < N {
        names[place] = policies[place].0;
        place += 1;
    }
    names
}

fields! {
    Verb "verb" Holds::Text;
    Key "key" Holds::Text;
    OccurredAt "occurred_at" Holds::Instant;
    RecordedAt "recorded_at" Holds::RecordedAt;
    ReceiptStore "receipt_store" Holds::Text;
    ReceiptTerminal "receipt_terminal" Holds::Text;
    ReceiptBusinessDate "receipt_business_date" Holds::Date;
    ReceiptNumber "receipt_number" Holds::Text;
    SourceStore "source_store" Holds::Text;
    SourceActor "source_actor" Holds::Text;
    SourceEntryMode "source_entry_mode" Holds::OneOf(MODES);
    SourceTraining "source_training" Holds::Flag;
    SourcePartner "source_partner" Holds::Text;
    SourceVerification "source_verification" Holds::Text;
    Offline "offline" Holds::Flag;
    Member "member" Holds::Member(Field::MemberKind);
    MemberKind "member_kind" Holds::Text;
    Card "card" Holds::Alias("card");
    Phone "phone" Holds::Alias("phone");
    ExternalId "external_id" Holds::Alias("external_id");
    Amount "amount" Holds::Money;
    Currency "currency" Holds::Currency;
    Eligible "eligible" Holds::Money;
    Lines "lines" Holds::Lines;
    Redeem "redeem" Holds::Points;
    Capture "capture" Holds::Text;
    CaptureSequence "capture_sequence" Holds::Number;
    CapturePoints "capture_points" Holds::Points;
    Enroll "enroll" Holds::Flag;
    EnrollId "enroll_id" Holds::Text;
    EnrollCard "enroll_card" Holds::Alias("card");
    EnrollPhone "enroll_phone" Holds::Alias("phone");
    EnrollExternalId "enroll_external_id" Holds::Alias("external_id");
    Points "points" Holds::Points;
    Wallet "wallet" Holds::Text;
    ActivatesAt "activates_at" Holds::Instant;
    ExpiresAt "expires_at" Holds::Instant;
    NeverExpires "never_expires" Holds::Flag;
    Funder "funder" Holds::Text;
    Price "price" Holds::Price;
    Ttl "ttl" Holds::Duration;
    AllowPartial "allow_partial" Holds::Flag;
    Authorization "authorization" Holds::Text;
    AuthorizationSequence "authorization_sequence" Holds::Number;
    Original "original" Holds::Text;
    OriginalSequence "original_sequence" Holds::Number;
    OriginalStore "original_receipt_store" Holds::Text;
    OriginalTerminal "original_receipt_terminal" Holds::Text;
    OriginalBusinessDate "original_receipt_business_date" Holds::Date;
    OriginalNumber "original_receipt_number" Holds::Text;
    OriginalIsReturn "original_receipt_is_return" Holds::Flag;
    Shortfall "shortfall" Holds::OneOf(SHORTFALLS);
    Restore "restore" Holds::OneOf(RESTORES);
    Overdraw "overdraw" Holds::Flag;
    Reason "reason" Holds::Text;
    Actor "actor" Holds::Text;
    Giver "giver" Holds::Member(Field::GiverKind);
    GiverKind "giver_kind" Holds::Text;
    Receiver "receiver" Holds::Member(Field::ReceiverKind);
    ReceiverKind "receiver_kind" Holds::Text;
    Kind "kind" Holds::Text;
    Value "value" Holds::AliasOfKind(Field::Kind);
    Old "old" Holds::AliasOfKind(Field::Kind);
    New "new" Holds::AliasOfKind(Field::Kind);
    Lot "lot" Holds::Number;
    Partner "partner" Holds::Text;
    PartnerMember "partner_member" Holds::AliasOfPartner;
    Scopes "scopes" Holds::Scopes;
    Consent "consent" Holds::Text;
    DailyPoints "daily_points" Holds::Points;
    StartsAt "starts_at" Holds::Instant;
    EndsAt "ends_at" Holds::Instant;
    Program "program" Holds::Text;
    Friend "friend" Holds::Member(Field::FriendKind);
    FriendKind "friend_kind" Holds::Text;
    Code "code" Holds::Text;
    Token "token" Holds::Text;
    Fingerprints "fingerprints" Holds::Words;
    Method "method" Holds::OneOf(METHODS);
    TouchedAt "touched_at" Holds::Instant;
    Step "step" Holds::Text;
    SingleUse "single_use" Holds::Flag;
    Decision "decision" Holds::OneOf(DECISIONS);
    Outcome "outcome" Holds::OneOf(OUTCOMES);
    To "to" Holds::Member(Field::ToKind);
    ToKind "to_kind" Holds::Text;
    ApprovedBy "approved_by" Holds::Text;
    Action "action" Holds::OneOf(ACTIONS);
}

use Field as F;

/// A set of columns.
pub type Set = u128;

impl Field {
    pub const fn name(self) -> &'static str {
        FIELDS[self as usize].1
    }

    pub const fn bit(self) -> Set {
        1 << self as u8
    }

    /// The first of a set that is not empty.
    pub const fn first_of(set: Set) -> Field {
        FIELDS[set.trailing_zeros() as usize].0
    }
}

pub const fn set(fields: &[Field]) -> Set {
    let (mut all, mut place) = (0, 0);
    while place < fields.len() {
        all |= fields[place].bit();
        place += 1;
    }
    all
}

/// The columns that every verb takes.
pub const ALL: Set = set(&[
    F::Verb,
    F::Key,
    F::OccurredAt,
    F::RecordedAt,
    F::ReceiptStore,
    F::ReceiptTerminal,
    F::ReceiptBusinessDate,
    F::ReceiptNumber,
    F::SourceStore,
    F::SourceActor,
    F::SourceEntryMode,
    F::SourceTraining,
    F::SourcePartner,
    F::SourceVerification,
]);

/// Columns of which a row has exactly one, or at most one.
pub const NAME: Set = set(&[F::Member, F::Card]);
pub const ORIGINAL: Set = set(&[F::Original, F::OriginalSequence, F::OriginalNumber]);
pub const AUTHORIZATION: Set = set(&[F::Authorization, F::AuthorizationSequence]);
pub const PART: Set = set(&[F::Points, F::Amount, F::Lines]);
pub const SPEND: Set = set(&[F::Redeem, F::Capture, F::CaptureSequence]);
pub const LOT: Set = set(&[
    F::Member,
    F::Lot,
    F::ExpiresAt,
    F::Reason,
    F::Actor,
    F::Wallet,
]);
/// Columns that name members, each with the column that says of which kind of alias it is.
pub const MEMBERS: [(Field, Field); 5] = [
    (F::Member, F::MemberKind),
    (F::Giver, F::GiverKind),
    (F::Receiver, F::ReceiverKind),
    (F::Friend, F::FriendKind),
    (F::To, F::ToKind),
];
/// Columns that belong to the one behind them.
pub const RECEIPT: Set = set(&[F::ReceiptStore, F::ReceiptBusinessDate, F::ReceiptNumber]);
pub const RECEIPT_PARTS: Set = RECEIPT | F::ReceiptTerminal.bit();
pub const ORIGINAL_RECEIPT: Set =
    set(&[F::OriginalStore, F::OriginalBusinessDate, F::OriginalNumber]);
pub const ORIGINAL_RECEIPT_PARTS: Set =
    ORIGINAL_RECEIPT | set(&[F::OriginalTerminal, F::OriginalIsReturn]);
pub const JOINING: Set = set(&[
    F::EnrollId,
    F::EnrollCard,
    F::EnrollPhone,
    F::EnrollExternalId,
]);
pub const HAND: Set = set(&[F::Reason, F::Actor]);
pub const JOINS: Set = JOINING | F::Enroll.bit();

/// Columns stand in the order of their numbers, and a set has room for all of them.
const _: () = {
    assert!(FIELDS.len() <= Set::BITS as usize);
    let mut field = 0;
    while field < FIELDS.len() {
        assert!(FIELDS[field].0 as usize == field);
        field += 1;
    }
};
