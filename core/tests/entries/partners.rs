//! Entries of the third format: links of partners, one-time codes, and what is done on a partner's behalf.

use loyalty_ledger::ledger::codes::OneTimeCode;
use loyalty_ledger::ledger::entry::{Entry, Fact};
use loyalty_ledger::ledger::link::{LinkScope, LinkScopes, LinkTerms};
use loyalty_ledger::ledger::request::*;
use loyalty_ledger::ledger::time::Instant;
use proptest::option;
use proptest::prelude::*;

use super::{any_alias, any_name, any_text, instant, member, number, plain, text};

const HASH: [u8; 16] = *b"one-time hash 16";

fn alias() -> Alias<'static> {
    Alias {
        kind: text("partner:airline"),
        hash: *b"partner's hash16",
        last_digits: 0,
    }
}

fn code() -> Alias<'static> {
    Alias {
        kind: text("one_time"),
        hash: HASH,
        last_digits: 0,
    }
}

/// One sample of each verb and each fact of the third format.
pub fn samples() -> Vec<Entry<'static>> {
    vec![linked(), unlinked(), issued(), redeemed()]
}

fn linked() -> Entry<'static> {
    let scopes = LinkScopes::NONE
        .with(LinkScope::Redeem)
        .with(LinkScope::Balance);
    let link = LinkMember {
        member: MemberName::Alias(code()),
        partner: text("airline"),
        alias: alias(),
        scopes,
        daily_points: Some(2_000),
        consent: text("consent/4711"),
        starts_at: None,
        ends_at: Some(Instant(1_806_530_400_000_000)),
    };
    let mut entry = plain(91, "link", Command::LinkMember(Box::new(link)));
    let terms = LinkTerms {
        alias: alias().hash,
        scopes,
        daily_points: Some(2_000),
        starts_at: entry.recorded_at.instant(),
        ends_at: Instant(1_806_530_400_000_000),
    };
    entry.facts.push(Fact::AliasAdded {
        member: 7,
        alias: alias(),
    });
    entry.facts.push(Fact::Linked {
        member: 7,
        partner: text("airline"),
        terms: Box::new(terms),
    });
    entry.facts.push(Fact::CodeUsed { hash: HASH });
    entry
}

fn unlinked() -> Entry<'static> {
    let unlink = UnlinkMember {
        member: member("m-1"),
        partner: text("airline"),
        reason: text("asked to"),
    };
    let mut entry = plain(92, "unlink", Command::UnlinkMember(unlink));
    entry.facts.push(Fact::AliasRemoved {
        member: 7,
        alias: alias(),
    });
    entry.facts.push(Fact::Unlinked {
        member: 7,
        partner: text("airline"),
    });
    entry
}

fn issued() -> Entry<'static> {
    let issue = IssueOneTimeCode {
        member: member("m-1"),
        alias: code(),
        partner: text("airline"),
        points: Some(500),
        ttl_micros: Some(120_000_000),
    };
    let mut entry = plain(93, "code", Command::IssueOneTimeCode(issue));
    let expires_at = Instant(entry.recorded_at.instant().0 + 120_000_000);
    entry.facts.push(Fact::CodeIssued {
        hash: HASH,
        code: Box::new(OneTimeCode {
            member: 7,
            partner: "airline".into(),
            points: 500,
            expires_at,
        }),
    });
    entry
}

fn redeemed() -> Entry<'static> {
    let redeem = Redeem {
        member: MemberName::Alias(code()),
        wallet: text("points"),
        points: 120,
    };
    let mut entry = plain(94, "redeem", Command::Redeem(redeem));
    entry.request.details = Details::boxed(
        None,
        Source {
            partner: text("airline"),
            verification: text("pin/1"),
            ..Source::default()
        },
    );
    entry.facts.push(Fact::LinkUsed {
        member: 7,
        partner: text("airline"),
        day: 20_528,
        points: 120,
    });
    entry.facts.push(Fact::CodeUsed { hash: HASH });
    entry
}

fn any_scopes() -> impl Strategy<Value = LinkScopes> {
    (0..8_u8).prop_map(|bits| LinkScopes::from_bits(bits).expect("three bits"))
}

pub fn any_command() -> impl Strategy<Value = Command<'static>> {
    let link = (
        (any_name(), any_text(), any_alias(), any_scopes()),
        option::of(number()),
        any_text(),
        (option::of(instant()), option::of(instant())),
    )
        .prop_map(|(asked, daily_points, consent, dates)| {
            Command::LinkMember(Box::new(LinkMember {
                member: asked.0,
                partner: asked.1,
                alias: asked.2,
                scopes: asked.3,
                daily_points,
                consent,
                starts_at: dates.0,
                ends_at: dates.1,
            }))
        });
    let unlink = (any_name(), any_text(), any_text()).prop_map(|(member, partner, reason)| {
        Command::UnlinkMember(UnlinkMember {
            member,
            partner,
            reason,
        })
    });
    let lengths = (option::of(number()), option::of(number()));
    let issue = (any_name(), any_alias(), any_text(), lengths).prop_map(
        |(member, alias, partner, (points, ttl_micros))| {
            Command::IssueOneTimeCode(IssueOneTimeCode {
                member,
                alias,
                partner,
                points,
                ttl_micros,
            })
        },
    );
    prop_oneof![link, unlink, issue]
}

pub fn any_fact() -> impl Strategy<Value = Fact<'static>> {
    let terms = (
        any::<[u8; 16]>(),
        any_scopes(),
        option::of(number()),
        (instant(), instant()),
    )
        .prop_map(|(alias, scopes, daily_points, dates)| LinkTerms {
            alias,
            scopes,
            daily_points,
            starts_at: dates.0,
            ends_at: dates.1,
        });
    let linked =
        (any::<u32>(), any_text(), terms).prop_map(|(member, partner, terms)| Fact::Linked {
            member,
            partner,
            terms: Box::new(terms),
        });
    let unlinked =
        (any::<u32>(), any_text()).prop_map(|(member, partner)| Fact::Unlinked { member, partner });
    let used = (any::<u32>(), any_text(), any::<i32>(), number()).prop_map(
        |(member, partner, day, points)| Fact::LinkUsed {
            member,
            partner,
            day,
            points,
        },
    );
    let code = (any::<u32>(), any_text(), number(), instant()).prop_map(
        |(member, partner, points, expires_at)| OneTimeCode {
            member,
            partner: partner.into_owned().into(),
            points,
            expires_at,
        },
    );
    let issued = (any::<[u8; 16]>(), code).prop_map(|(hash, code)| Fact::CodeIssued {
        hash,
        code: Box::new(code),
    });
    let code_used = any::<[u8; 16]>().prop_map(|hash| Fact::CodeUsed { hash });
    prop_oneof![linked, unlinked, used, issued, code_used]
}
