//! Verbs by their numbers, for what keeps only those; and why and by whom what is done by hand was done.

use super::request::Command;

/// Number and word of every verb.
pub const VERBS: &[(u8, &str)] = &[
    (6, "accrue"),
    (7, "purchase"),
    (8, "redeem"),
    (9, "authorize"),
    (10, "capture"),
    (16, "enroll"),
    (17, "add_alias"),
    (18, "remove_alias"),
    (19, "void"),
    (20, "reverse"),
    (21, "adjust"),
    (22, "publish"),
    (23, "sweep"),
    (24, "record"),
    (25, "transfer"),
    (26, "block"),
    (27, "unblock"),
    (28, "close_member"),
    (29, "replace_alias"),
    (30, "reinstate"),
    (31, "extend"),
    (32, "extend"),
    (33, "forgive_debt"),
    (34, "activate"),
    (35, "batch"),
    (36, "link_member"),
    (37, "unlink_member"),
    (38, "issue_one_time_code"),
    (39, "issue_code"),
    (40, "disable_code"),
    (41, "record_touch"),
    (42, "bind_referral"),
    (43, "record_step"),
    (44, "review_referral"),
    (45, "close_period"),
    (46, "dispute"),
    (47, "change_coupon"),
    (48, "erase_member"),
];

/// The word of the verb with a number that an entry of this ledger has.
pub fn verb_of_number(number: u8) -> &'static str {
    let found = VERBS.binary_search_by_key(&number, |(number, _)| *number);
    found.map_or("unknown", |at| VERBS[at].1)
}

impl Command<'_> {
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
            Command::Reverse(reverse) if reverse.dispute.is_some() => "dispute",
            Command::Reverse(_) => "reverse",
            Command::Adjust(_) => "adjust",
            Command::Publish(_) => "publish",
            Command::Sweep => "sweep",
            Command::Transfer(_) => "transfer",
            Command::Block(_) => "block",
            Command::Unblock(_) => "unblock",
            Command::CloseMember(_) => "close_member",
            Command::EraseMember(_) => "erase_member",
            Command::ReplaceAlias(_) => "replace_alias",
            Command::Reinstate(_) => "reinstate",
            Command::ExtendLot(_) | Command::ExtendHold(_) => "extend",
            Command::ForgiveDebt(_) => "forgive_debt",
            Command::Activate(_) => "activate",
            Command::LinkMember(_) => "link_member",
            Command::UnlinkMember(_) => "unlink_member",
            Command::IssueOneTimeCode(_) => "issue_one_time_code",
            Command::IssueCode(_) => "issue_code",
            Command::DisableCode(_) => "disable_code",
            Command::RecordTouch(_) => "record_touch",
            Command::BindReferral(_) => "bind_referral",
            Command::RecordStep(_) => "record_step",
            Command::ReviewReferral(_) => "review_referral",
            Command::ClosePeriod(_) => "close_period",
            Command::ChangeCoupon(_) => "change_coupon",
            Command::Batch(_) => "batch",
            Command::Record(_) => "record",
        }
    }

    /// The verb's number: that of its message in the journal, if it has one by itself.
    pub const fn number(&self) -> u8 {
        match self {
            Command::Accrue(_) => 6,
            Command::Purchase(_) => 7,
            Command::Redeem(_) => 8,
            Command::Authorize(_) => 9,
            Command::Capture(_) => 10,
            Command::Enroll(_) => 16,
            Command::AddAlias(_) => 17,
            Command::RemoveAlias(_) => 18,
            Command::Void(_) => 19,
            Command::Reverse(reverse) if reverse.dispute.is_some() => 46,
            Command::Reverse(_) => 20,
            Command::Adjust(_) => 21,
            Command::Publish(_) => 22,
            Command::Sweep => 23,
            Command::Record(_) => 24,
            Command::Transfer(_) => 25,
            Command::Block(_) => 26,
            Command::Unblock(_) => 27,
            Command::CloseMember(_) => 28,
            Command::ReplaceAlias(_) => 29,
            Command::Reinstate(_) => 30,
            Command::ExtendLot(_) => 31,
            Command::ExtendHold(_) => 32,
            Command::ForgiveDebt(_) => 33,
            Command::Activate(_) => 34,
            Command::Batch(_) => 35,
            Command::LinkMember(_) => 36,
            Command::UnlinkMember(_) => 37,
            Command::IssueOneTimeCode(_) => 38,
            Command::IssueCode(_) => 39,
            Command::DisableCode(_) => 40,
            Command::RecordTouch(_) => 41,
            Command::BindReferral(_) => 42,
            Command::RecordStep(_) => 43,
            Command::ReviewReferral(_) => 44,
            Command::ClosePeriod(_) => 45,
            Command::ChangeCoupon(_) => 47,
            Command::EraseMember(_) => 48,
        }
    }

    /// Reason and actor of what is done by hand; either may be empty.
    pub fn hand(&self) -> Option<(&str, &str)> {
        Some(match self {
            Command::Adjust(adjust) => (&adjust.reason, &adjust.actor),
            Command::Block(manage)
            | Command::Unblock(manage)
            | Command::CloseMember(manage)
            | Command::EraseMember(manage) => (&manage.reason, &manage.actor),
            Command::ReplaceAlias(replace) => (&replace.reason, ""),
            Command::UnlinkMember(unlink) => (&unlink.reason, ""),
            Command::DisableCode(disable) => (&disable.reason, &disable.actor),
            Command::ReviewReferral(review) => (&review.reason, &review.actor),
            Command::Reinstate(reinstate) => (&reinstate.reason, &reinstate.actor),
            Command::ExtendLot(extend) => (&extend.reason, &extend.actor),
            Command::ForgiveDebt(forgive) => (&forgive.reason, &forgive.actor),
            _ => return None,
        })
    }
}
