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
];

/// The word of the verb with a number that an entry of this ledger has.
pub fn verb_of_number(number: u8) -> &'static str {
    let found = VERBS.binary_search_by_key(&number, |(number, _)| *number);
    found.map_or("unknown", |at| VERBS[at].1)
}

impl Command<'_> {
    /// Reason and actor of what is done by hand; either may be empty.
    pub fn hand(&self) -> Option<(&str, &str)> {
        Some(match self {
            Command::Adjust(adjust) => (&adjust.reason, &adjust.actor),
            Command::Block(manage) | Command::Unblock(manage) | Command::CloseMember(manage) => {
                (&manage.reason, &manage.actor)
            }
            Command::ReplaceAlias(replace) => (&replace.reason, ""),
            Command::UnlinkMember(unlink) => (&unlink.reason, ""),
            Command::Reinstate(reinstate) => (&reinstate.reason, &reinstate.actor),
            Command::ExtendLot(extend) => (&extend.reason, &extend.actor),
            Command::ForgiveDebt(forgive) => (&forgive.reason, &forgive.actor),
            _ => return None,
        })
    }
}
