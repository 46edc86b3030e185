//! The columns of a table of mixed verbs: what each holds, and which verb needs or takes it.

use crate::ledger::program::{Restore, Shortfall};

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

const fn set(fields: &[Field]) -> Set {
    let (mut all, mut place) = (0, 0);
    while place < fields.len() {
        all |= fields[place].bit();
        place += 1;
    }
    all
}

/// The columns that every verb takes.
const ALL: Set = set(&[
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
pub const MEMBERS: [(Field, Field); 3] = [
    (F::Member, F::MemberKind),
    (F::Giver, F::GiverKind),
    (F::Receiver, F::ReceiverKind),
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
const HAND: Set = set(&[F::Reason, F::Actor]);
const JOINS: Set = JOINING | F::Enroll.bit();

/// A verb that a row can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Verb {
    Enroll,
    AddAlias,
    RemoveAlias,
    ReplaceAlias,
    Purchase,
    Accrue,
    Redeem,
    Authorize,
    Capture,
    Void,
    Reverse,
    Adjust,
    Transfer,
    Block,
    Unblock,
    CloseMember,
    Reinstate,
    Extend,
    ForgiveDebt,
    Activate,
    LinkMember,
    UnlinkMember,
}

/// What a verb needs in every row, what else it takes, and sets of which it takes exactly one.
pub struct Takes {
    pub verb: Verb,
    pub name: &'static str,
    pub needs: Set,
    pub takes: Set,
    pub one_of: Set,
}

const fn takes(verb: Verb, name: &'static str, needs: Set, one_of: Set, may: Set) -> Takes {
    let needs = match verb {
        Verb::Enroll => needs,
        _ => needs | F::Key.bit(),
    };
    let mut takes = ALL | needs | one_of | may;
    if takes & F::ExpiresAt.bit() != 0 {
        takes |= F::NeverExpires.bit();
    }
    let mut place = 0;
    // Who is made has no alias yet.
    while place < MEMBERS.len() && !matches!(verb, Verb::Enroll) {
        let (member, kind) = MEMBERS[place];
        if takes & member.bit() != 0 {
            takes |= kind.bit();
        }
        place += 1;
    }
    Takes {
        verb,
        name,
        needs,
        takes,
        one_of,
    }
}

const ONE_ALIAS: Set = set(&[F::Member, F::Kind, F::Value]);
const SALE: Set = SPEND
    | JOINS
    | set(&[
        F::Currency,
        F::Eligible,
        F::Lines,
        F::CapturePoints,
        F::Offline,
    ]);
const GIFT: Set = JOINS
    | set(&[
        F::Wallet,
        F::ActivatesAt,
        F::ExpiresAt,
        F::Funder,
        F::Price,
        F::Currency,
    ]);
const RETURN: Set =
    PART | ORIGINAL_RECEIPT_PARTS | set(&[F::Currency, F::Member, F::Shortfall, F::Restore]);
const MANAGED: Set = HAND | F::Member.bit();

/// Every verb, in order of its number.
pub const VERBS: &[Takes] = &[
    takes(
        Verb::Enroll,
        "enroll",
        F::Member.bit(),
        0,
        set(&[F::Card, F::Phone, F::ExternalId]),
    ),
    takes(Verb::AddAlias, "add_alias", ONE_ALIAS, 0, 0),
    takes(Verb::RemoveAlias, "remove_alias", ONE_ALIAS, 0, 0),
    takes(
        Verb::ReplaceAlias,
        "replace_alias",
        set(&[F::Member, F::Kind, F::Old, F::New]),
        0,
        F::Reason.bit(),
    ),
    takes(Verb::Purchase, "purchase", F::Amount.bit(), NAME, SALE),
    takes(Verb::Accrue, "accrue", F::Points.bit(), NAME, GIFT),
    takes(
        Verb::Redeem,
        "redeem",
        F::Points.bit(),
        NAME,
        set(&[F::Wallet, F::Offline]),
    ),
    takes(
        Verb::Authorize,
        "authorize",
        F::Points.bit(),
        NAME,
        set(&[F::Wallet, F::Ttl, F::AllowPartial]),
    ),
    takes(
        Verb::Capture,
        "capture",
        0,
        AUTHORIZATION,
        set(&[F::Points, F::Offline]),
    ),
    takes(Verb::Void, "void", 0, AUTHORIZATION, 0),
    takes(Verb::Reverse, "reverse", 0, ORIGINAL, RETURN),
    takes(
        Verb::Adjust,
        "adjust",
        HAND | F::Points.bit(),
        NAME,
        set(&[F::Wallet, F::ExpiresAt, F::Overdraw]),
    ),
    takes(
        Verb::Transfer,
        "transfer",
        set(&[F::Giver, F::Receiver, F::Points]),
        0,
        F::Wallet.bit(),
    ),
    takes(Verb::Block, "block", MANAGED, 0, 0),
    takes(Verb::Unblock, "unblock", MANAGED, 0, 0),
    takes(
        Verb::CloseMember,
        "close_member",
        set(&[F::Member, F::Reason]),
        0,
        F::Actor.bit(),
    ),
    takes(
        Verb::Reinstate,
        "reinstate",
        MANAGED | F::Lot.bit(),
        0,
        set(&[F::Points, F::ExpiresAt, F::Wallet]),
    ),
    takes(
        Verb::Extend,
        "extend",
        0,
        0,
        AUTHORIZATION | LOT | F::Ttl.bit(),
    ),
    takes(
        Verb::ForgiveDebt,
        "forgive_debt",
        MANAGED,
        0,
        set(&[F::Points, F::Wallet]),
    ),
    takes(
        Verb::Activate,
        "activate",
        0,
        ORIGINAL,
        ORIGINAL_RECEIPT_PARTS | F::Member.bit(),
    ),
    takes(
        Verb::LinkMember,
        "link_member",
        set(&[F::Partner, F::PartnerMember, F::Scopes, F::Consent]),
        NAME,
        set(&[F::DailyPoints, F::StartsAt, F::EndsAt]),
    ),
    takes(
        Verb::UnlinkMember,
        "unlink_member",
        F::Partner.bit(),
        NAME,
        F::Reason.bit(),
    ),
];

impl Verb {
    pub fn from_name(name: &str) -> Option<Verb> {
        let found = VERBS.iter().find(|takes| takes.name == name);
        found.map(|takes| takes.verb)
    }

    pub const fn takes(self) -> &'static Takes {
        &VERBS[self as usize]
    }
}

/// Both tables stand in the order of their numbers, and a set has room for all columns.
const _: () = {
    assert!(FIELDS.len() <= Set::BITS as usize);
    let (mut field, mut verb) = (0, 0);
    while field < FIELDS.len() {
        assert!(FIELDS[field].0 as usize == field);
        field += 1;
    }
    while verb < VERBS.len() {
        assert!(VERBS[verb].verb as usize == verb);
        verb += 1;
    }
};
