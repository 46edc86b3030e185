//! The verbs of a table of mixed verbs: which columns each needs or takes.

use super::fields::{Field as F, *};

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
    EraseMember,
    Reinstate,
    Extend,
    ForgiveDebt,
    Activate,
    LinkMember,
    UnlinkMember,
    IssueCode,
    DisableCode,
    RecordTouch,
    BindReferral,
    RecordStep,
    ReviewReferral,
    Dispute,
    ChangeCoupon,
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
/// Who brought somebody.
const NAMING: Set = set(&[F::Program, F::Code, F::Token, F::Fingerprints]);
const SALE: Set = SPEND
    | JOINS
    | NAMING
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
        NAMING | set(&[F::Card, F::Phone, F::ExternalId]),
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
        Verb::EraseMember,
        "erase_member",
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
    takes(
        Verb::IssueCode,
        "issue_code",
        F::Program.bit(),
        NAME,
        set(&[F::Code, F::SingleUse, F::ExpiresAt]),
    ),
    takes(
        Verb::DisableCode,
        "disable_code",
        HAND | set(&[F::Program, F::Code]),
        0,
        0,
    ),
    takes(
        Verb::RecordTouch,
        "record_touch",
        set(&[F::Program, F::Method, F::TouchedAt]),
        0,
        set(&[F::Code, F::Token]),
    ),
    takes(
        Verb::BindReferral,
        "bind_referral",
        set(&[F::Program, F::Friend]),
        0,
        NAMING,
    ),
    takes(
        Verb::RecordStep,
        "record_step",
        set(&[F::Program, F::Friend, F::Step]),
        0,
        0,
    ),
    takes(
        Verb::ReviewReferral,
        "review_referral",
        HAND | set(&[F::Program, F::Friend, F::Decision]),
        0,
        set(&[F::To, F::ApprovedBy]),
    ),
    takes(
        Verb::Dispute,
        "dispute",
        F::Outcome.bit(),
        ORIGINAL,
        ORIGINAL_RECEIPT_PARTS,
    ),
    takes(
        Verb::ChangeCoupon,
        "change_coupon",
        set(&[F::Program, F::Code, F::Action]),
        NAME,
        F::Ttl.bit(),
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

/// Verbs stand in the order of their numbers.
const _: () = {
    let mut verb = 0;
    while verb < VERBS.len() {
        assert!(VERBS[verb].verb as usize == verb);
        verb += 1;
    }
};
